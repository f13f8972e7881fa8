//! Whole programs, each with its transcripts: what people build with other systems, written in this language.

mod introduction;
mod listing;
mod profile;
mod shop;
mod transfer;
