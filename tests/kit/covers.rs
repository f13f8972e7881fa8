//! Which edges dialogues take.

use converse::prelude::*;
use converse::testing::{assert_covered, coverage, dialogue};

use crate::bugs::failure;

conversation! {
    /// Chooses a seat.
    Seat -> (u8, u8) {
        let row: u8 = ask "Which row?"
            where row < 40 else "There are 39.";
        let seat: u8 = ask "Which seat?";
        (row, seat)
    }
}

conversation! {
    /// Books a flight.
    Flight hears Delay {
        on "help" => { say "Row and seat."; retry }
        on "back" => back;
        on "stop" | "end" => close 4001, "stopped";
        on Delay(minutes) => { say "{minutes} minutes late."; wait }
        on after 1d => return;
        on silence 1h => { say "Hm."; wait }
        let seat: (u8, u8) = run Seat;
        let row: u8 = seat.0;
        let number: u8 = seat.1;
        let meal: Option<String> = ask "A meal?"
            tries 2 else { goto bags };
        say "{row} {number} {meal:?}";
        let bags: u8 = ask "How many bags?"
            unless (row == 1).then_some(2)
            within 10s else ["Bags?", { answer 0 }];
        let paid: u8 = once bags + 1;
        loop {
            let sure: bool = ask "{paid} for {bags}?";
            if sure {
                break;
            }
            revise bags;
        }
        for word: u8 in [1, 2] {
            let said: String = ask "{word}?"
                within 5s else { wait };
            if said == "x" {
                close 4000 + u16::from(row), "odd"
            }
        }
    }
}

#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Delay(u16);

#[test]
fn walks_take_nothing_but_edges_and_nearly_all_of_them() {
    dialogue(|| Flight).walk();
    for coverage in [coverage::<Flight>(), coverage::<Seat>()] {
        assert_eq!(coverage.strays(), [""; 0]);
        assert!(coverage.taken() * 10 >= coverage.edges() * 9, "{coverage}");
    }
    assert_covered!(Seat);
}

#[test]
fn what_is_missed_is_said() {
    let seat = dialogue(|| Seat);
    seat.check("< Which row?\n> 40\n< There are 39.\n< Which row?\n> 7\n< Which seat?\n> 3\n! end");
    assert_covered!(Seat, except = ["seat -> seat: refused"]);
    let report = failure(|| assert_covered!(Seat, except = ["row -> row: refused"]));
    let file = file!();
    assert_eq!(
        report,
        format!(
            "no dialogue of this test takes these edges of Seat (4 of 5 are taken):\n\n    seat -> seat: refused  ({file}:13)\n"
        )
    );
    seat.check("< Which row?\n> 7\n< Which seat?\n> far\n< Which seat?\n> 3\n! end");
    let report = failure(|| assert_covered!(Seat, except = ["row -> row: refused"]));
    assert_eq!(report, "these are no edges of Seat that were missed: [\"row -> row: refused\"]. Take them out");
    assert_eq!(coverage::<Seat>().to_string(), "Seat: 5 of 5 edges\n");
}

#[test]
fn what_is_missed_is_marked_in_the_diagram() {
    dialogue(|| Seat).check("< Which row?\n> 7\n< Which seat?\n> 3\n! end");
    let lines = [
        "stateDiagram-v2",
        "    [*] --> row",
        "    row --> row: ✗ refused",
        "    row --> seat",
        "    seat --> seat: ✗ refused",
        "    seat --> [*]",
        "",
    ];
    assert_eq!(coverage::<Seat>().to_mermaid(), lines.join("\n"));
}
