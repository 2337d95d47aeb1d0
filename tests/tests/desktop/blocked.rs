use std::fs;
use std::path::Path;

use attesta_tests::desktop::{Desk, Keyring, Staff, journey};

use super::LIMIT;

/// Names of all files below a folder; empty when there is none.
fn files_below(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn without_a_keystore_the_program_says_what_to_do_and_writes_nothing() {
    journey("keystore-missing", LIMIT, Keyring::Missing, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        window.heading_is("The keystore is not there").await;
        window.reads("Nothing was written and nothing is lost. No new key was made.").await;
        window.reads("What to do").await;
        window.reads("make sure that its keystore runs").await;
        assert_eq!(files_below(&desk.data()), Vec::<String>::new(), "nothing was written");
        desk.close(window).await;
    });
}

#[test]
fn with_a_locked_keystore_the_program_says_so_and_the_data_stays() {
    journey("keystore-locked", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        Staff::at(&window).await.signs_in().await;
        desk.close(window).await;
        let before = files_below(&desk.data());
        assert!(!before.is_empty());

        desk.change_keyring(Keyring::Locked);
        let window = desk.open().await;
        window
            .until(
                "the page says that the keystore is locked, after the time that a person gets to unlock it",
                || async {
                    let patience = std::time::Duration::from_secs(30);
                    let until = std::time::Instant::now() + patience;
                    while std::time::Instant::now() < until {
                        if window.text().await.contains("The keystore is locked") {
                            return Some(());
                        }
                        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                    }
                    None
                },
            )
            .await;
        window.reads("Unlock the keystore with the password of the computer's account.").await;
        desk.close(window).await;

        desk.change_keyring(Keyring::Unlocked);
        let window = desk.open().await;
        Staff::at(&window).await.signs_in().await;
        desk.close(window).await;
    });
}

#[test]
fn data_without_its_key_is_not_replaced() {
    journey("key-missing", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let window = desk.open().await;
        Staff::at(&window).await.signs_in().await;
        desk.close(window).await;

        // Another account's keystore: open, and empty.
        let other = Desk::new(Keyring::Unlocked);
        let window = other.open_with(&desk.data()).await;
        window.heading_is("The key to the data is missing").await;
        window.reads("do not delete anything").await;
        other.close(window).await;

        let window = desk.open().await;
        Staff::at(&window).await.signs_in().await;
        desk.close(window).await;
    });
}

#[test]
fn a_second_instance_says_that_the_first_has_the_data() {
    journey("two-instances", LIMIT, Keyring::Unlocked, async |desk: std::sync::Arc<Desk>| {
        let first = desk.open().await;
        let staff = Staff::at(&first).await;
        staff.signs_in().await;
        let first_process = first.process();

        let other = Desk::new(Keyring::Unlocked);
        let second = other.open_with(&desk.data()).await;
        second.heading_is("Attesta is already open").await;
        assert!(!second.has("sign-in").await, "the second offers nothing but to try again");
        other.close(second).await;

        assert_eq!(first.process(), first_process, "the first goes on");
        staff.opens("device").await;
        desk.close(first).await;
    });
}
