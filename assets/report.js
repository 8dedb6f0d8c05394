// report.js - says step and loss where the pointer is; all else needs no script.
(function () {
  "use strict";
  var source = document.getElementById("points");
  var readout = document.querySelector(".readout");
  if (!source || !readout) return;
  var points = JSON.parse(source.textContent);
  var plots = Array.prototype.slice.call(document.querySelectorAll("svg.plot"));
  var resting = readout.innerHTML;
  var current = points.length - 1;

  function curve(plot) {
    return plot.querySelector(".curve").points;
  }

  function show(index) {
    current = Math.max(0, Math.min(points.length - 1, index));
    var point = points[current];
    plots.forEach(function (plot) {
      var at = curve(plot).getItem(current);
      var mark = plot.querySelector(".mark");
      mark.style.visibility = "visible";
      mark.querySelector("line").setAttribute("x1", at.x);
      mark.querySelector("line").setAttribute("x2", at.x);
      mark.querySelector("circle").setAttribute("cx", at.x);
      mark.querySelector("circle").setAttribute("cy", at.y);
    });
    readout.innerHTML = "";
    [["Step ", point[0]], [", loss ", point[1]]]
      .concat(point.length > 2 ? [[", PSNR ", point[2] + " dB"]] : [])
      .forEach(function (part) {
        var number = document.createElement("b");
        number.textContent = part[1];
        readout.append(part[0], number);
      });
  }

  function hide() {
    readout.innerHTML = resting;
    plots.forEach(function (plot) {
      plot.querySelector(".mark").style.visibility = "hidden";
    });
  }

  function nearest(plot, x) {
    var list = curve(plot), low = 0, high = points.length - 1;
    while (high - low > 1) {
      var middle = (low + high) >> 1;
      if (list.getItem(middle).x < x) low = middle; else high = middle;
    }
    return x - list.getItem(low).x < list.getItem(high).x - x ? low : high;
  }

  if (!points.length) return;
  plots.forEach(function (plot) {
    plot.addEventListener("pointermove", function (event) {
      var matrix = plot.getScreenCTM();
      if (!matrix) return;
      var at = new DOMPoint(event.clientX, event.clientY)
        .matrixTransform(matrix.inverse());
      show(nearest(plot, at.x));
    });
    plot.addEventListener("pointerleave", hide);
    plot.addEventListener("blur", hide);
    plot.addEventListener("keydown", function (event) {
      var by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      show(current + by);
    });
  });
})();
