//! What comes from outside and is wrong, huge or absurd: refused with the thing named and the mend, nothing else touched.

mod directories;
mod ids;
mod mentions;
mod messages;
mod threads;
