//! What every store must do, told on samples of our own, and against an obvious model.

mod damage;
mod groups;
mod heads;
mod labels;
mod limits;
mod model;
mod reading;
mod samples;
