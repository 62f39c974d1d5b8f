// Writes src/qt2anki/html/data/mathjax.txt: the commands and environments MathJax knows.
//
// Anki 26.09 shows cards with MathJax 3.2.2 in the build tex-chtml-full, which loads all of
// AllPackages. In a folder of its own:
//
//   npm install --ignore-scripts mathjax-full@3.2.2
//   NODE_PATH=node_modules node CHECKOUT/scripts/make_mathjax_names.cjs > mathjax.txt
const { mathjax } = require("mathjax-full/js/mathjax.js");
const { TeX } = require("mathjax-full/js/input/tex.js");
const { AllPackages } = require("mathjax-full/js/input/tex/AllPackages.js");
const { ConfigurationHandler } = require("mathjax-full/js/input/tex/Configuration.js");
const { MapHandler } = require("mathjax-full/js/input/tex/MapHandler.js");
const { RequireConfiguration } = require("mathjax-full/js/input/tex/require/RequireConfiguration.js");

const WIDTH = 100;

function namesIn(mapName) {
  const map = MapHandler.getMap(mapName);
  return map && map.map ? [...map.map.keys()] : [];
}

function namesOf(kind) {
  const handlers = packages.map((name) => ConfigurationHandler.get(name).handler);
  return handlers.flatMap((handler) => (handler[kind] || []).flatMap(namesIn));
}

function wrapped(names) {
  const lines = [""];
  for (const name of [...new Set(names)].sort()) {
    const line = lines[lines.length - 1];
    if (line.length + name.length >= WIDTH) lines.push(name);
    else lines[lines.length - 1] = line ? `${line} ${name}` : name;
  }
  return lines.join("\n");
}

const packages = [...AllPackages, RequireConfiguration.name];
new TeX({ packages: AllPackages }); // makes the maps
// A delimiter such as \langle is a command too; \text{...} is read with commands of its own.
const commands = [...namesOf("macro"), ...namesOf("delimiter"), ...namesIn("text-macros")]
  .map((name) => name.replace(/^\\/, ""))
  .filter((name) => /^[A-Za-z]+$/.test(name));
process.stdout.write(
  `# Names read from MathJax ${mathjax.version}, (c) The MathJax Consortium, Apache License 2.0,\n` +
    "# by scripts/make_mathjax_names.cjs. First its commands, then its environments.\n" +
    `${wrapped(commands)}\n\n${wrapped(namesOf("environment"))}\n`,
);
