//! colorapp
