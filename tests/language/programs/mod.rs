//! Whole programs, each with its transcripts: what people build with other systems, written in this language.

mod booking;
mod introduction;
mod listing;
mod profile;
mod reading;
mod shop;
mod transfer;
