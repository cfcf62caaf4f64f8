//! spike
mod caller;
mod clock;
mod dice;
mod disk;
mod house;
mod people;
mod plan;
mod service;
mod world;

#[test]
fn spike() {
    for edition in 0..2 {
        let start = std::time::Instant::now();
        let seen = world::run(&plan::Plan::calm(edition), world::Planted::Nothing);
        eprintln!("calm {:?} {:?}", start.elapsed(), seen.broken);
        for told in &seen.told {
            println!("{} {} {:?} {:?} {:?} {} {} {:?} {:?}", told.ask.caller, told.ask.citizen, told.asked, told.first, told.ended, told.status, told.body.len(), told.safe, people::marks(&String::from_utf8_lossy(&told.body)));
        }
    }
    for seed in 0..40 {
        let start = std::time::Instant::now();
        let plan = plan::Plan::of(seed);
        let seen = world::run(&plan, world::Planted::Nothing);
        eprintln!("{seed} {:?} told {} asks {} exchanges {} entries {} {:?} dir {}", start.elapsed(), seen.told.len(), plan.asks.len(), seen.exchanges.len(), seen.entries.len(), seen.broken, plan.has_directory);
    }
}
