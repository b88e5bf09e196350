//! The interface over HTTP, through a real server on this machine, on both databases.

mod access;
mod aggregates;
mod amending;
mod attacks;
mod audits;
mod calendar;
mod claims;
mod description;
mod disputes;
mod follow_up;
mod keys;
mod manners;
mod money;
mod observed;
mod records;
mod reports;
mod session;
mod story;
mod telling;
mod uploads;
