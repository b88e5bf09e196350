//! The interface over HTTP, through a real server on this machine, on both databases.

mod access;
mod attacks;
mod description;
mod keys;
mod manners;
mod session;
mod story;
