//! The command `coercivity`.

fn main() {}
