/* Build the Plotly bundle and copy Bootstrap's reset into out/. Run `npm ci && npm run build`, then copy out/ over assets/. */
import { build as bundle } from "esbuild";
import { mkdir, readFile, writeFile } from "node:fs/promises";

await mkdir("out", { recursive: true });

/* Plotly's own build inlines CSS files as a string of rules that it adds to the page. */
const inlineCss = {
  name: "inline-css",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { outputFiles } = await bundle({
        entryPoints: [path], bundle: true, minify: true, write: false, loader: { ".svg": "dataurl" },
      });
      const rules = JSON.stringify(outputFiles[0].text);
      return { loader: "js", contents: `const s=document.createElement("style");s.textContent=${rules};document.head.appendChild(s);` };
    });
  },
};

/* Plotly's default settings name its publisher's servers; the product must not even hold their addresses. */
const noOutsideAddress = {
  name: "no-outside-address",
  setup(build) {
    build.onLoad({ filter: /plotly\.js\/src\/.*\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source.replace(/(['"`])https:\/\/(?:cdn\.plot\.ly|cloud\.plotly\.com|plotly\.com)[^'"`]*\1/g, "''");
      return { loader: "js", contents };
    });
  },
};

await bundle({
  entryPoints: ["plotly-entry.cjs"],
  outfile: "out/00-plotly.min.js",
  format: "iife",
  globalName: "Plotly",
  bundle: true,
  minify: true,
  target: "es2020",
  define: { global: "window", "define.amd": "false" },
  plugins: [inlineCss, noOutsideAddress],
  legalComments: "inline",
  logLevel: "info",
});

const reboot = await readFile("node_modules/bootstrap/dist/css/bootstrap-reboot.min.css", "utf8");
await writeFile("out/bootstrap-reboot.css", reboot.replace(/\/\*# sourceMappingURL.*?\*\//, ""));
