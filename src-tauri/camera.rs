//! The camera of the web view (W3C, Media Capture and Streams): for a photo as an answer, and for a study's printed codes.
//! WebKitGTK gives a page none unless the program says so; on Windows and macOS the system asks the person.

use tauri::WebviewWindow;

/// Lets the program's own page open the camera, and nothing else: no microphone, no picture of the screen, no place.
///
/// # Errors
/// Those of Tauri where there is no web view.
#[cfg(target_os = "linux")]
pub(crate) fn allow(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::glib::prelude::Cast as _;
    use webkit2gtk::{
        PermissionRequestExt as _, SettingsExt as _, UserMediaPermissionRequest,
        UserMediaPermissionRequestExt as _, WebViewExt,
    };

    let own = window.url()?;
    window.with_webview(move |webview| {
        let view = webview.inner();
        if let Some(settings) = WebViewExt::settings(&view) {
            settings.set_enable_media_stream(true);
            #[cfg(debug_assertions)]
            settings.set_enable_mock_capture_devices(std::env::var_os(MOCK).is_some());
        }
        view.connect_permission_request(move |view, request| {
            let Some(media) = request.downcast_ref::<UserMediaPermissionRequest>() else { return false };
            let is_own = view.uri().and_then(|uri| uri.parse().ok()).is_some_and(|page| is_of(&own, &page));
            if is_own && media.is_for_video_device() && !media.is_for_audio_device() {
                request.allow();
            } else {
                request.deny();
            }
            true
        });
    })
}

/// Nothing is to be done: the system asks.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub(crate) fn allow(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// The environment variable that gives a program built for tests WebKit's own pictures instead of a camera's.
#[cfg(all(target_os = "linux", debug_assertions))]
const MOCK: &str = "ATTESTA_MOCK_CAMERA";

/// Whether a page is from where the program's own comes from.
#[cfg(target_os = "linux")]
fn is_of(own: &tauri::Url, page: &tauri::Url) -> bool {
    (own.scheme(), own.host_str(), own.port()) == (page.scheme(), page.host_str(), page.port())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::is_of;

    #[test]
    fn only_the_programs_own_page_is_let() {
        let own = "tauri://localhost".parse().unwrap();
        for (page, wanted) in [
            ("tauri://localhost/index.html", true),
            ("tauri://elsewhere/", false),
            ("https://localhost/", false),
            ("http://localhost:1420/", false),
            ("about:blank", false),
        ] {
            assert_eq!(is_of(&own, &page.parse().unwrap()), wanted, "{page}");
        }
    }
}
