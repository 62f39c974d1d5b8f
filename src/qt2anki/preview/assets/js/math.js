// Render formulas with Anki's MathJax and its settings (ts/mathjax); both are part of this page.

const HAS_MATH = /\\[([]/;
let mathjax = null;

function loadMathJax() {
  mathjax ??= inflate(payloadOf("mathjax")).then(async (source) => {
    window.MathJax = {
      tex: {
        displayMath: [["\\[", "\\]"]],
        processEscapes: false,
        processEnvironments: false,
        processRefs: false,
        packages: { "[+]": ["noerrors", "mathtools"], "[-]": ["textmacros"] },
      },
      options: { enableMenu: false },
      startup: { typeset: false },
    };
    const script = document.createElement("script");
    script.textContent = source; // the policy of this page contains its hash
    document.head.append(script);
    await window.MathJax.startup.promise;
    // Its style goes into the card, not into this page.
    window.MathJax.startup.document.addStyleSheet = () => {};
    return window.MathJax;
  });
  return mathjax;
}

async function typeset(root) {
  const MathJax = await loadMathJax();
  MathJax.typesetClear();
  await MathJax.typesetPromise([root]);
  return MathJax.svgStylesheet().textContent;
}
