"use strict";
/* Only the traces the panels use. No geo, map, gl: they fetch from outside or need eval. */
const Plotly = require("plotly.js/lib/core");
Plotly.register([
  require("plotly.js/lib/bar"),
  require("plotly.js/lib/heatmap"),
  require("plotly.js/lib/treemap"),
  require("plotly.js/lib/locales/zh-cn"),
]);
module.exports = Plotly;
