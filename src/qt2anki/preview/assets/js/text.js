// Convert HTML to visible text, and to the form that searches compare.

const REFERENCES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

const BLOCK = /<\/?(?:blockquote|br|dd|details|div|dl|dt|h[1-6]|hr|li|ol|p|pre|summary|table|t[dhr]|ul)\b[^<>]*>/gi;

function textOf(html) {
  return html
    .replace(BLOCK, " ")
    .replace(/<[^<>]*>/g, "")
    .replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
      if (name) return REFERENCES[name.toLowerCase()] ?? whole;
      const code = hex ? parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    })
    .replace(/\\[()[\]]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

// "Résumé" is found by "resume".
function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
