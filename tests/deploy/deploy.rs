//! What `deploy.sh` does, command by command.

mod adopted;
mod auto;
mod aws;
mod cleanup;
mod commands;
mod dry_run;
mod first_run;
mod images;
mod interrupted;
mod lock;
mod preflight;
mod rollout;
mod switch;
mod with;
