//! What a conversation means, by walking through its tree: a wait is a call that returns with the input, a block is a
//! list of statements, a jump is an error that somebody around catches. Nothing is compiled, and nothing forgotten.

mod ask;
mod control;
mod event;
mod past;
mod read;
mod revise;
mod timers;
mod value;

use std::mem;

use self::past::Past;
use self::revise::{Asked, Gap};
use crate::driver::STOCK;
use crate::transcript::{Clock, Event, Input, Then, Turn};
use crate::tree::{Block, Conversation, Expression, Name, On, Program, Statement, Tail, Type, Value};

/// Above this a conversation goes round without a wait, which is a mistake of the generator.
const STEPS: usize = 100_000;

/// A question that waits, as a client that knows what it does sees it.
pub(crate) struct Pending<'p> {
    pub(crate) ty: Type,
    /// What the reply has to be among.
    pub(crate) options: Vec<u32>,
    /// The words that are listened for.
    pub(crate) words: Vec<&'p str>,
    pub(crate) has_clock: bool,
    /// Whether a timer runs.
    pub(crate) has_timer: bool,
    /// The types of the events that are heard here and around.
    pub(crate) hears: Vec<Type>,
    /// Whether it waits for nothing else.
    pub(crate) is_hear: bool,
}

/// Holds a conversation until it ends, or until the client has nothing more to say.
pub(crate) fn interpret(program: &Program, client: &mut dyn FnMut(&Pending<'_>) -> Option<Input>) -> Vec<Turn> {
    let mut interpreter = Interpreter {
        client,
        contexts: Vec::new(),
        turns: Vec::new(),
        said: Vec::new(),
        clock: Clock::None,
        past: Past::default(),
        said_before: Vec::new(),
        kept: Vec::new(),
        now: 0,
        steps: 0,
    };
    let then = loop {
        match interpreter.conversation(&program.conversation, program.parameters.clone()) {
            Ok(output) => break Then::Ends(output.to_string()),
            Err(Jump::Close(code, reason)) => break Then::Closes(code, reason),
            Err(Jump::Back) => interpreter.begin_again(),
            Err(Jump::Out) => return interpreter.turns,
            Err(jump) => unreachable!("nobody caught {jump:?}"),
        }
    };
    interpreter.turn(then);
    interpreter.turns
}

/// The client that says what is in a script.
pub(crate) fn replay(program: &Program, script: &[Input]) -> Vec<Turn> {
    let mut script = script.iter();
    interpret(program, &mut |pending| script.find(|input| **input != Input::Silence || pending.has_clock).cloned())
}

/// Why what comes next is not what is done next.
#[derive(Debug)]
enum Jump {
    /// Out of the loop or block with this number.
    Break(usize, Value),
    Continue(usize),
    Return(Value),
    Goto(Name),
    Close(u16, String),
    Retry,
    Wait,
    /// All the way out, and up to the question before once more.
    Back,
    Answer(Value),
    /// Out of the conversations that the one at this depth runs, and then this.
    Leave(usize, Box<Jump>),
    /// The client has nothing more to say.
    Out,
}

struct Interpreter<'t, 'c> {
    client: &'c mut dyn FnMut(&Pending<'_>) -> Option<Input>,
    /// The conversations that run each other, the outermost first.
    contexts: Vec<Context<'t>>,
    turns: Vec<Turn>,
    said: Vec<String>,
    clock: Clock,
    past: Past,
    /// What the turn had said when it went back.
    said_before: Vec<String>,
    /// The events that nobody has heard yet.
    kept: Vec<Event>,
    /// How many seconds have passed.
    now: u64,
    steps: usize,
}

/// What a conversation knows where it stands.
#[derive(Default)]
struct Context<'t> {
    /// The type of its events, if it hears any.
    hears: Option<Type>,
    /// The last of a name is the one that is meant.
    variables: Vec<(&'t str, Value)>,
    ons: Vec<Listening<'t>>,
    asked: Vec<Asked<'t>>,
    /// What the questions that are being revised do not see.
    gaps: Vec<Gap>,
    /// The questions that are being revised.
    revised: Vec<&'t str>,
    loops: Vec<Loop<'t>>,
    /// The name of the place where another conversation runs.
    running: Option<&'t str>,
    /// How many silences there were in what it runs, and since which change of the question that waits.
    silent: (usize, u32),
    /// How many times `spend` gives something away.
    fuel: u32,
}

/// An `on`, and how much could be seen where it stands.
#[derive(Clone, Copy)]
struct Listening<'t> {
    on: &'t On,
    variables: usize,
    loops: usize,
    gaps: usize,
    /// When its timer rings, if it has one that runs.
    due: Option<u64>,
}

/// A loop or a labelled block that is under way.
struct Loop<'t> {
    label: Option<&'t str>,
    is_loop: bool,
    number: usize,
}

type Result<T = Value> = std::result::Result<T, Jump>;

impl<'t> Interpreter<'t, '_> {
    fn here(&mut self) -> &mut Context<'t> {
        self.contexts.last_mut().expect("a conversation is under way")
    }

    fn turn(&mut self, then: Then) {
        let said = mem::take(&mut self.said);
        self.turns.push(Turn { said, then });
    }

    /// Goes back, by hearing once more what was heard until then.
    fn begin_again(&mut self) {
        self.past.back(self.now);
        self.now = 0;
        self.said_before = mem::take(&mut self.said);
        self.contexts.clear();
        self.clock = Clock::None;
        self.steps = 0;
    }

    fn conversation(&mut self, conversation: &'t Conversation, parameters: Vec<Value>) -> Result {
        let names = conversation.parameters.iter().map(|(name, _)| name.as_str());
        let with = conversation.with.iter().map(|with| (with.as_str(), Value::Stock(STOCK)));
        let variables = with.chain(names.zip(parameters)).collect();
        self.contexts.push(Context { hears: conversation.hears, variables, fuel: 5, ..Context::default() });
        let result = self.block(&conversation.body);
        self.contexts.pop();
        match result {
            Err(Jump::Return(value)) => Ok(value),
            result => result,
        }
    }

    fn block(&mut self, block: &'t Block) -> Result {
        // What could be seen before each statement, for jumps back.
        let mut seen: Vec<(usize, usize)> = Vec::new();
        let mut at = 0;
        let result = loop {
            let here = self.here();
            seen.truncate(at);
            seen.push((here.variables.len(), here.ons.len()));
            let result = match block.statements.get(at) {
                Some(statement) => self.statement(statement).map(|()| None),
                None => self.tail(block).map(Some),
            };
            let target = |name: &str| block.statements.iter().position(|statement| statement.question() == Some(name));
            match result {
                Ok(None) => at += 1,
                Ok(Some(value)) => break Ok(value),
                Err(Jump::Goto(name)) if let Some(target) = target(&name) => {
                    let (variables, ons) = seen[target.min(at)];
                    self.see(variables, ons);
                    // What is skipped is listened for, nevertheless: it stands before the question.
                    for statement in block.statements.iter().take(target).skip(at) {
                        seen.push((variables, self.here().ons.len()));
                        if let Statement::On(on) = statement {
                            self.listen(on)?;
                        }
                    }
                    at = target;
                }
                Err(jump) => break Err(jump),
            }
        };
        let (variables, ons) = seen[0];
        self.see(variables, ons);
        result
    }

    /// Forgets what came after.
    fn see(&mut self, variables: usize, ons: usize) {
        let here = self.here();
        here.variables.truncate(variables);
        here.ons.truncate(ons);
        here.asked.retain(|asked| asked.variables < variables);
    }

    fn listen(&mut self, on: &'t On) -> Result<()> {
        let due = self.due(on)?;
        let here = self.here();
        let (variables, loops, gaps) = (here.variables.len(), here.loops.len(), here.gaps.len());
        here.ons.push(Listening { on, variables, loops, gaps, due });
        Ok(())
    }

    fn tail(&mut self, block: &'t Block) -> Result {
        match block.tail.as_deref() {
            None => Ok(Value::Unit),
            Some(Tail::Value(value)) => self.value(value),
            Some(Tail::Control(control)) => self.control(control),
            Some(Tail::Output(variant, value)) => self.output(variant, value.as_ref()),
        }
    }

    fn output(&mut self, variant: &'static str, value: Option<&'t Expression>) -> Result {
        let value = value.map(|value| self.value(value)).transpose()?;
        Ok(match variant {
            "" => value.unwrap_or(Value::Unit),
            variant => Value::Wrapped(variant, value.map(Box::new)),
        })
    }

    fn statement(&mut self, statement: &'t Statement) -> Result<()> {
        self.steps += 1;
        assert!(self.steps < STEPS, "it goes round without a wait");
        match statement {
            Statement::Let { name, value, .. } => {
                let value = self.value(value)?;
                self.bind(name, value);
            }
            Statement::Once { name, value, .. } => {
                let value = self.value(value)?;
                self.bind(name, value);
                self.past.forget();
            }
            Statement::LetControl { name, value, .. } => {
                let value = self.control(value)?;
                self.bind(name, value);
            }
            Statement::Declare { name, .. } => self.bind(name, Value::Unit),
            Statement::Assign(name, value) => {
                let value = self.value(value)?;
                *self.variable(name) = value;
            }
            Statement::Append(name, _, value) => {
                let value = self.value(value)?;
                match (self.variable(name), value) {
                    (Value::Number(sum), Value::Number(number)) => *sum += number % 100,
                    (Value::Text(text), Value::Text(more)) => text.push_str(&more),
                    (Value::Numbers(numbers), Value::Number(number)) => numbers.push(number),
                    (value, more) => unreachable!("{more} cannot be added to {value}"),
                }
            }
            Statement::Say(template) => self.say(template)?,
            Statement::SayValue(value) => {
                let words = self.value(value)?.text();
                self.said.push(words);
            }
            Statement::Ask(ask) => {
                let answer = self.ask(ask)?;
                let here = self.here();
                here.asked.push(Asked { ask, variables: here.variables.len(), loops: here.loops.len() });
                self.bind(&ask.name, answer);
            }
            Statement::Run(run) => {
                let output = self.run(run)?;
                if run.bound.is_some() {
                    self.bind(&run.name, output);
                }
            }
            Statement::On(on) => self.listen(on)?,
            Statement::Revise(name) => self.revise(name)?,
            Statement::Verb(verb) => return Err(self.verb(verb)),
            Statement::Control(control) => {
                self.control(control)?;
            }
        }
        Ok(())
    }

    fn bind(&mut self, name: &'t str, value: Value) {
        self.here().variables.push((name, value));
    }

    fn variable(&mut self, name: &str) -> &mut Value {
        let Context { variables, gaps, .. } = self.here();
        let mut seen = variables.iter_mut().enumerate().rev();
        let meant =
            seen.find(|(index, (bound, _))| *bound == name && !gaps.iter().any(|gap| gap.hides_variable(*index)));
        &mut meant.unwrap_or_else(|| panic!("`{name}` has no value")).1.1
    }

    /// Runs some code with a variable that only it sees.
    fn with<T>(&mut self, name: &'t str, value: Value, code: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.bind(name, value);
        let result = code(self);
        self.here().variables.pop();
        result
    }
}

impl Statement {
    /// The name of the question that it is.
    pub(crate) fn question(&self) -> Option<&str> {
        match self {
            Statement::Ask(ask) => Some(&ask.name),
            Statement::Run(run) => Some(&run.name),
            _ => None,
        }
    }
}
