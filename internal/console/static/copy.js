// copy puts a text into the clipboard, also where the page came by plain HTTP.
export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    const area = Object.assign(document.body.appendChild(document.createElement('textarea')), { value: text });
    area.select();
    button.textContent = document.execCommand('copy') ? 'Copied' : 'Your browser does not let pages copy';
    area.remove();
    button.focus();
  }
}
