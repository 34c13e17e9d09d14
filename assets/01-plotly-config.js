/* Plotly's settings for the whole page: nothing is sent anywhere, nothing is fetched from anywhere. */
"use strict";
if (window.Plotly) {
  window.Plotly.setPlotConfig({
    locale: "zh-CN",
    displaylogo: false,
    displayModeBar: false,
    showSendToCloud: false,
    plotlyServerURL: "",
    topojsonURL: "",
  });
}
