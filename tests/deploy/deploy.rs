//! What `deploy.sh` does, command by command.

mod account;
mod adopted;
mod auto;
mod aws;
mod builder;
mod cleanup;
mod commands;
mod dry_run;
mod first_run;
mod images;
mod interrupted;
mod lock;
mod preflight;
mod registry;
mod rollout;
mod switch;
mod with;
