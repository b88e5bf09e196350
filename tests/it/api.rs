//! The interface over HTTP, through a real server on this machine, on both databases.

mod access;
mod amending;
mod attacks;
mod description;
mod keys;
mod manners;
mod money;
mod observed;
mod session;
mod story;
mod telling;
