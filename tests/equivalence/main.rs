//! Is a compiled conversation the conversation that was written? Random conversations, random replies: the machine, stored
//! and read back at every wait, says what a plain interpreter of the tree says.

mod choices;
mod client;
#[allow(dead_code)] // It is the generated programs that call it.
mod driver;
mod generate;
mod interpret;
mod program;
mod shrink;
mod source;
mod transcript;
mod tree;
mod walk;

use std::panic::{catch_unwind, resume_unwind};
use std::sync::Mutex;

use crate::choices::{Choices, Random};
use crate::program::compile;
use crate::transcript::Input;
use crate::tree::Program;

/// How many conversations go into one program, and how many scripts each is held with.
const CONVERSATIONS: usize = 20;
const SCRIPTS: usize = 8;

#[test]
fn compiled_conversations_say_what_their_trees_say() {
    hold_programs("some", 4);
}

#[test]
#[ignore = "10,000 cases take minutes: for the night, and for a change of the compiler"]
fn ten_thousand_conversations_say_what_their_trees_say() {
    hold_programs("many", 10_000_usize.div_ceil(CONVERSATIONS * SCRIPTS));
}

#[test]
fn random_conversations_leave_no_word_out() {
    // Apart, by two spaces.
    const WORDS: &str = "say \"  say String  ask \"  = run  Box::new(  = once  unless  .take()  among V  among &  verbatim  \
        where  within 5  within seconds(  tries  else |  else [  on \"  on silence  on after  retry  wait  back  answer  goto  close 4  \
        return Some(  revise  break;  break 'l  continue  loop {  while (  while let  : u32 in  if let  match  let d  ?;  \
        hears u32  hears Note  on 0 =>  on p  on Note::Paid(p  : u32 = hear  : Note = hear  with (e: Stock)  .left()  \
        <T>(  ::<Size> {";
    let mut random = Random(1);
    let all: String = (0..200)
        .map(|_| source::conversations(&generate::generate(&mut Choices::new(Random(random.next()))).conversation))
        .collect();
    let missing: Vec<&str> = WORDS.split("  ").filter(|word| !all.contains(word)).collect();
    assert!(missing.is_empty(), "no conversation has {missing:?}");
}

/// Holds the conversations of so many programs, on all the processors that there are.
fn hold_programs(name: &str, count: usize) {
    let seed = seed();
    let left = Mutex::new(0..count);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let next = || left.lock().expect("nobody panics with it").next();
                while let Some(number) = next() {
                    let held =
                        catch_unwind(|| hold_program(&format!("{name}{number}"), seed.wrapping_add(number as u64)));
                    if let Err(panic) = held {
                        // One is enough: the others end with the one that they hold.
                        *left.lock().expect("nobody panics with it") = 0..0;
                        resume_unwind(panic);
                    }
                }
            });
        }
    });
}

/// A conversation with the tape that made it, and its scripts.
struct Case {
    tape: Vec<u32>,
    program: Program,
    scripts: Vec<Vec<Input>>,
}

fn hold_program(name: &str, seed: u64) {
    let mut random = Random(seed);
    let cases: Vec<Case> = (0..CONVERSATIONS)
        .map(|_| {
            let mut choices = Choices::new(Random(random.next()));
            let program = generate::generate(&mut choices);
            let scripts = (0..SCRIPTS).map(|_| client::script(&program, &mut random)).collect();
            Case { tape: choices.into_tape().0, program, scripts }
        })
        .collect();
    let programs: Vec<&Program> = cases.iter().map(|case| &case.program).collect();
    let compiled = compile(name, &programs).unwrap_or_else(|words| {
        panic!("seed {seed}: {}", shrink::refused(name, &cases).unwrap_or(words));
    });
    let all: Vec<(usize, &[Input])> = cases
        .iter()
        .enumerate()
        .flat_map(|(number, case)| case.scripts.iter().map(move |script| (number, script.as_slice())))
        .collect();
    for ((number, script), turns) in all.iter().zip(compiled.hold(&all)) {
        let case = &cases[*number];
        if turns != interpret::replay(&case.program, script) {
            panic!("seed {seed}: {}", shrink::different(name, &case.tape, script));
        }
    }
}

/// Where the random numbers begin: always at the same place, unless `CONVERSE_SEED` says another.
fn seed() -> u64 {
    match std::env::var("CONVERSE_SEED") {
        Err(std::env::VarError::NotPresent) => 1,
        Ok(seed) => seed.parse().unwrap_or_else(|_| panic!("CONVERSE_SEED is a whole number, and not {seed:?}")),
        Err(error) => panic!("CONVERSE_SEED is a whole number: {error}"),
    }
}
