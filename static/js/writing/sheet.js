// The sheet of keys: a dialog that `?` opens, with the names that the keys have on this machine.

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgentData?.platform ?? navigator.platform);

export function startSheet() {
  document.documentElement.classList.toggle("is-mac", isMac);
  const sheet = document.getElementById("keys");
  if (!sheet) return;
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys]")) openSheet();
    // a click beside the sheet closes it; the sheet itself is filled by what it holds
    else if (event.target === sheet) sheet.close();
  });
}

/** True where the page has a sheet, so that the key means something. */
export function openSheet() {
  const sheet = document.getElementById("keys");
  if (!sheet) return false;
  if (sheet.open) sheet.close();
  else sheet.showModal();
  return true;
}
