//! What stands in the way of people who see, hear or move otherwise: the keyboard alone, axe-core, and large letters.

use std::path::Path;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use serde_json::{Value, json};

use super::window::Window;

/// The rules of WCAG 2.2 up to AA, as axe-core calls them.
const RULES: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"];

/// More than the page has things that take the focus.
const MOST_TABS: usize = 80;

impl Window {
    /// Presses Tab until what the page calls `testid` has the focus; the focus must then be seen.
    pub async fn focuses(&self, testid: &str) {
        let script = format!(
            "const at = document.activeElement; const here = at?.dataset.testid ?? at?.parentElement?.dataset.testid; \
             return here === '{testid}' && {{ ring: getComputedStyle(at).boxShadow, outline: getComputedStyle(at).outlineStyle }}"
        );
        for _ in 0..MOST_TABS {
            let focus = self.look(&script).await;
            if let Some(ring) = focus["ring"].as_str() {
                assert!(ring != "none" || focus["outline"] != "none", "the focus on {testid} is not seen");
                return;
            }
            self.keys("\u{e004}").await;
        }
        panic!("Tab never comes to {testid}");
    }

    /// Presses these keys one after another.
    pub async fn keys(&self, keys: &str) {
        let actions = keys.chars().fold(KeyActions::new("keyboard".into()), |actions, value| {
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        self.client().perform_actions(actions).await.unwrap();
    }

    /// What axe-core finds wrong on the page: the rule, and the first element that breaks it.
    pub async fn barriers(&self) -> Vec<String> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let axe =
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.client().execute(&axe, Vec::new()).await.unwrap();
        let run = "const [rules, done] = arguments; \
            axe.run(document, { runOnly: rules }).then((found) => done(found.violations.map((one) => \
            `${one.id} (${one.nodes.length}): ${one.nodes[0].html.slice(0, 200)} ${one.nodes[0].failureSummary}`)), \
            (error) => done([String(error)]))";
        let found = self.client().execute_async(run, vec![json!(RULES)]).await.unwrap();
        texts(&found)
    }

    /// Elements whose text is cut off or reaches beyond the page.
    pub async fn clipped(&self) -> Vec<String> {
        let script = "const width = document.documentElement.clientWidth; \
            return [...document.querySelectorAll('main *')].filter((one) => { \
              if (one.closest('.unseen, svg') || !one.textContent.trim()) return false; \
              const box = one.getBoundingClientRect(); \
              return box.width > 0 && (box.right > width + 1 || box.left < -1 || \
                (getComputedStyle(one).overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1)); \
            }).map((one) => one.outerHTML.slice(0, 160))";
        texts(&self.look(script).await)
    }
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
}
