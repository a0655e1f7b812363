//! Every finder and writer is bound to one organization by its signature; the few that are not are named here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What asks across organizations, and why it may.
const ACROSS: [&str; 27] = [
    // The look-up of a key tells the organization.
    "keys::by_hash",
    // Housekeeping asks which organizations have keys about to expire.
    "keys::with_expiring",
    // Jobs ask what is due anywhere; each row names its organization.
    "campaigns::due_to_wake",
    "campaigns::next_wake",
    "deliveries::due",
    "deliveries::next",
    // What waits together names its organization.
    "deliveries::of",
    // A job writes down what campaigns take that an older release wrote, each with its organization.
    "claims::behind",
    "deliveries::claim",
    "deliveries::claim_where",
    "deliveries::first",
    "deliveries::next_due",
    "idempotency::purge",
    "confirmations::purge",
    "notices::due",
    "notices::next_due",
    "notices::overtaken",
    // Metrics count over all of them.
    "notices::pending",
    // The command line, and the first start.
    "organizations::all",
    "organizations::first",
    "organizations::insert",
    // It is given the organization itself.
    "organizations::update",
    // The row or statement it is given names the organization.
    "campaigns::with_gates",
    "idempotency::take",
    // Of the database itself: its clock, its sandbox's clock, its proof of the secret.
    "time::real_now",
    "meta::get",
    "meta::set",
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() && !path.ends_with("tests") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The noun a file is about: its name, or its folder's.
fn noun(path: &Path) -> String {
    let parent = path.parent().unwrap();
    let named = if parent.ends_with("store") { path.file_stem() } else { parent.file_name() };
    named.unwrap().to_string_lossy().into_owned()
}

#[test]
fn every_finder_takes_the_organization_unless_it_is_named_here() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store"), &mut files);
    let (mut bound, mut across) = (0, BTreeSet::new());
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for function in text.split("async fn ").skip(1) {
            let (name, rest) = function.split_once(['(', '<']).unwrap();
            let signature = rest.split_once('{').unwrap().0;
            let asks = signature.contains("impl ConnectionTrait") || signature.contains(": &Tx");
            if !asks {
                continue;
            }
            if signature.contains("org: OrganizationId") {
                bound += 1;
            } else {
                across.insert(format!("{}::{name}", noun(&file)));
            }
        }
    }
    assert!(bound >= 30, "only {bound} functions take the organization");
    let named: BTreeSet<String> = ACROSS.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(
        across, named,
        "a function of the store forgets the organization, or is named here for nothing"
    );
}
