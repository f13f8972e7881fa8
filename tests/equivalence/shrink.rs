//! The smallest conversation that still fails, and what a person needs to see of it.

use crate::Case;
use crate::choices::Choices;
use crate::generate::generate;
use crate::interpret::replay;
use crate::program::{check, compile};
use crate::source::conversations;
use crate::transcript::{Dialogue, Input};
use crate::tree::Program;

/// How many smaller ones are compiled at once.
const BATCH: usize = 12;

/// What a person is shown of a conversation whose machine says something else than its tree.
pub(crate) fn different(name: &str, tape: &[u32], script: &[Input]) -> String {
    let smallest = shrink(tape, &|candidates| differs(name, candidates, script));
    let program = read(&smallest).0;
    let script = shorter(name, &program, script);
    let compiled = compile(name, &[&program]).expect("it was compiled before");
    let turns = compiled.hold(&[(0, &script)]).remove(0);
    let expected = replay(&program, &script);
    format!(
        "the machine does not say what the conversation says\n\n{}held as {}\n\nas written:\n{}\nas compiled:\n{}",
        conversations(&program.conversation),
        crate::source::start(&program),
        Dialogue(&script, &expected),
        Dialogue(&script, &turns)
    )
}

/// What a person is shown of a conversation that the compiler refuses; none if each of them alone is compiled.
pub(crate) fn refused(name: &str, cases: &[Case]) -> Option<String> {
    let (case, said) = cases.iter().find_map(|case| Some((case, check(name, &[&case.program]).err()?)))?;
    // Another mistake than the first would be another story.
    let error = error_of(&said);
    let smallest = shrink(&case.tape, &|tapes| {
        let programs: Vec<Program> = tapes.iter().map(|tape| read(tape).0).collect();
        check(name, &programs.iter().collect::<Vec<_>>()).err()?;
        programs.iter().position(|program| check(name, &[program]).is_err_and(|said| error_of(&said) == error))
    });
    let program = read(&smallest).0;
    let said = check(name, &[&program]).err()?;
    Some(format!("the compiler refuses what the language allows\n\n{}\n{said}", conversations(&program.conversation)))
}

/// The first error, without the names in it.
fn error_of(words: &str) -> String {
    let line = words.lines().find(|line| line.starts_with("error")).unwrap_or_default();
    line.split('`').step_by(2).collect()
}

/// The conversation on a tape; the tape as far as it is needed; the parts that may be left out.
fn read(tape: &[u32]) -> (Program, Vec<u32>, Vec<(usize, usize)>) {
    let mut choices = Choices::replay(tape.to_vec());
    let program = generate(&mut choices);
    let (tape, parts) = choices.into_tape();
    (program, tape, parts)
}

/// The simplest tape that still fails: the number of the first of some tapes that does comes from `fails`.
fn shrink(tape: &[u32], fails: &dyn Fn(&[Vec<u32>]) -> Option<usize>) -> Vec<u32> {
    let mut tape = read(tape).1;
    loop {
        let before = tape.len();
        let mut at = 0;
        let mut candidates = simpler(&tape);
        while at < candidates.len() {
            let batch = &candidates[at..candidates.len().min(at + BATCH)];
            match fails(batch) {
                // What was tried in vain is not tried again in this round.
                Some(found) => {
                    tape = batch[found].clone();
                    at += found;
                    candidates = simpler(&tape);
                }
                None => at += BATCH,
            }
        }
        if tape.len() == before {
            return tape;
        }
    }
}

/// Tapes that make something simpler, the boldest first.
fn simpler(tape: &[u32]) -> Vec<Vec<u32>> {
    let (_, tape, mut parts) = read(tape);
    parts.sort_by_key(|(from, to)| std::cmp::Reverse(to - from));
    let without = parts.iter().map(|(from, to)| [&tape[..*from], &tape[*to..]].concat());
    let zeroed = (0..tape.len()).filter(|at| tape[*at] > 0).map(|at| {
        let mut tape = tape.clone();
        tape[at] = 0;
        tape
    });
    let mut seen = vec![text(&tape)];
    let mut found = Vec::new();
    for candidate in without.chain(zeroed) {
        let simpler = read(&candidate).1;
        let text = text(&simpler);
        if (text.len(), &simpler) < (seen[0].len(), &tape) && !seen.contains(&text) {
            seen.push(text);
            found.push(simpler);
        }
    }
    found
}

fn text(tape: &[u32]) -> String {
    crate::program::text(&[&read(tape).0])
}

/// The number of the first of some tapes whose machine says something else with this script.
fn differs(name: &str, tapes: &[Vec<u32>], script: &[Input]) -> Option<usize> {
    let programs: Vec<Program> = tapes.iter().map(|tape| read(tape).0).collect();
    let programs: Vec<&Program> = programs.iter().collect();
    let compiled = compile(name, &programs).ok()?;
    let cases: Vec<(usize, &[Input])> = (0..programs.len()).map(|number| (number, script)).collect();
    compiled.hold(&cases).iter().zip(programs).position(|(turns, program)| *turns != replay(program, script))
}

/// The script without what is not needed to see it.
fn shorter(name: &str, program: &Program, script: &[Input]) -> Vec<Input> {
    let compiled = compile(name, &[program]).expect("it was compiled before");
    let differs = |script: &[Input]| compiled.hold(&[(0, script)])[0] != replay(program, script);
    let mut script = script.to_vec();
    let mut at = script.len();
    while at > 0 {
        at -= 1;
        let mut shorter = script.clone();
        shorter.remove(at);
        if differs(&shorter) {
            script = shorter;
        }
    }
    script
}
