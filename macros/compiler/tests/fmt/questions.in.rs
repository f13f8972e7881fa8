converse::conversation! {
Questions(known: Option<String>)->Option<u32>{
let a:u8=ask   "A?"  ;
let b:u8=ask"B {}?",a  within 30s;
let mut c:Vec<u8>=ask "C?" verbatim unless known.clone() among [1,2,3];
let d: u8=ask "D?" else "No.";
let e: u8=ask format!("E {}", a+b)
where e>1&&e<100 else "Between."
where if e > 3 { e < 9 } else { true } else ["Once.","Twice.",{return None}]
tries 3 else close 4001,"enough {}", e
within Duration::from_secs(30) else [ "There?", { say "Well."; wait }, answer 18 ]
on "help"|"?"=>{asked+=1;say "Help.";retry}
on "skip" => answer 0
else |problem| { say "{problem}."; retry };
    let f: HashMap<String, Vec<Option<u8>>> = ask "A prompt that is rather long, with {} and {} and {}, so that it has to be broken", a.first_argument(b), second_argument_of(c), d;
    let g: String = ask "Which of these?" among options_that_are_computed_by_a_function(with_arguments, and_more_arguments) unless nothing_of(the_sort);
    let h: String = ask "Long?" where h.chars().all(|letter| letter.is_alphabetic() || letter.is_numeric()) && h.len() > 10 && h.len() < 200 else "Only letters and numbers, please, and neither too few of them nor too many.";
    let i: String = ask "List?" else ["A message that is long enough to fill most of a line by itself, really", "Another one of these that does not fit", { say "A"; log(); retry }];
Some(1)
}
}
