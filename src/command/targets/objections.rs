//! `targets objections`: who objects to being on lists. The number comes from standard input, never from the command line, which
//! others on the machine can see.

use std::io;
use std::sync::Arc;

use clap::{Args, Subcommand};
use glasplade_adapters::contract::CprNumber;

use super::{House, Place, employee};
use crate::audit::Request;
use crate::command::Failure;
use crate::command::audit_questions::{number, print};
use crate::target_groups::run::{ObjectionAsked, ObjectionWhat};

#[derive(Debug, Subcommand)]
pub(in crate::command) enum ObjectionsVerb {
    /// The citizen objects: from now on they are on no list of the rule, or on none at all.
    Add(ObjectionArguments),
    /// The citizen takes an objection back.
    Withdraw(ObjectionArguments),
    /// Prints what stands, as JSON.
    List(ObjectionArguments),
}

#[derive(Debug, Args)]
pub(in crate::command) struct ObjectionArguments {
    #[command(flatten)]
    place: Place,
    /// Code of the rule; without it every rule, also those to come.
    #[arg(long)]
    rule: Option<String>,
    /// Where it is filed.
    #[arg(long)]
    document: Option<String>,
    /// The employee who records it, put on record as such.
    #[arg(long = "as", value_name = "EMPLOYEE")]
    by: String,
}

pub(super) fn objections(verb: &ObjectionsVerb) -> Result<(), Failure> {
    let (arguments, what) = match verb {
        ObjectionsVerb::Add(arguments) => (arguments, Some(ObjectionWhat::Added)),
        ObjectionsVerb::Withdraw(arguments) => (arguments, Some(ObjectionWhat::Withdrawn)),
        ObjectionsVerb::List(arguments) => (arguments, None),
    };
    let by = employee(&arguments.by)?;
    let citizen = number(&mut io::stdin().lock())?;
    let citizen = CprNumber::parse(&citizen).map_err(|_| "read the number: it must be ten digits".to_owned())?;
    let house = House::open(&arguments.place.config, "POST /v1/target-groups/objections")?;
    let numbers = house.app.targets().numbers_of(&citizen);
    let asked = ObjectionAsked {
        citizen: numbers[0],
        numbers,
        rule: arguments.rule.clone(),
        what,
        document: arguments.document.clone(),
    };
    let request = Request { route: "glasplade targets objections", trace_id: Arc::from("") };
    let told = house.runtime.block_on(house.app.targets().object(&request, Some((&by).into()), &asked));
    house.close();
    print(&[told.map_err(|error| error.to_string())?])
}
