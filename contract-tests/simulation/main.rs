//! spike
mod caller;
mod clock;
mod dice;
mod disk;
mod house;
mod people;
mod service;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

fn world(seed: u64) -> String {
    let start = std::time::Instant::now();
    let folder = house::Folder::new();
    let clock = Arc::new(clock::WorldClock::new());
    let disk = disk::WorldDisk::new(seed, false);
    let edition = Arc::new(AtomicUsize::new(0));
    let mut sim = turmoil::Builder::new()
        .rng_seed(seed)
        .epoch(std::time::UNIX_EPOCH + Duration::from_secs(1_795_420_800))
        .tick_duration(Duration::from_millis(2))
        .simulation_duration(Duration::from_secs(60))
        .min_message_latency(Duration::from_millis(1))
        .max_message_latency(Duration::from_millis(20))
        .tcp_capacity(1024)
        .enable_random_order()
        .build();
    for name in house::SOURCES {
        let server = service::source(name, &clock, &edition);
        sim.host(name, move || {
            let server = server.clone();
            async move { Ok(server.serve(house::PORT).await?) }
        });
    }
    let run = service::Service {
        folder: folder.path().to_owned(),
        clock: Arc::clone(&clock),
        disk: disk.clone(),
        random: Arc::new(service::Seeded::new(seed)),
        change: |_| {},
    };
    eprintln!("built {:?}", start.elapsed());
    sim.host("service", move || run.clone().run());
    let heard = caller::Heard::default();
    let (h, d) = (heard.clone(), disk.clone());
    sim.client("callers", async move {
        for n in 0..8_usize {
            let ask = caller::Ask {
                caller: n % 4,
                citizen: (n / 4) % 2,
                at: Duration::from_millis(200 + 600 * n as u64),
                within: Duration::from_secs(2),
                streamed: n % 3 == 2,
                no_cache: false,
                trace: format!("{:032x}", n + 1),
            };
            ask.run(d.clone(), h.clone()).await;
        }
        Ok(())
    });
    let mut steps = 0;
    loop {
        clock.reach(sim.elapsed());
        if sim.step().expect("no host fails") {
            break;
        }
        if steps == 0 {
            eprintln!("first step {:?}", start.elapsed());
        }
        steps += 1;
    }
    eprintln!("ran {:?} {steps} steps, simulated {:?}", start.elapsed(), sim.elapsed());
    let mut out = String::new();
    for told in heard.borrow().iter() {
        out.push_str(&format!(
            "{} {} {:?} {:?} {:?} {} {} {:?}\n",
            told.ask.caller, told.ask.citizen, told.asked, told.first, told.ended, told.status, told.body.len(), told.safe
        ));
        if told.body.len() < 700 {
            out.push_str(&String::from_utf8_lossy(&told.body));
        }
        out.push_str(&format!("{:?}\n", people::marks(&String::from_utf8_lossy(&told.body))));
    }
    drop(sim);
    for e in glasplade_adapters::transport::simulated::take_exchanges() {
        out.push_str(&format!("{} {} {:?} {:?}\n", e.host, e.target, e.began, e.ended));
    }
    eprintln!("dropped {:?}", start.elapsed());
    out
}

#[test]
fn spike() {
    let one = world(1);
    let two = world(1);
    println!("{one}");
    assert_eq!(one, two);
}
