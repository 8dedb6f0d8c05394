// report.js - says the numbers where the pointer is; all else needs no script.
(function () {
  "use strict";

  function section(root) {
    var data = JSON.parse(root.querySelector("script").textContent);
    var rows = data.rows, current = rows.length - 1;
    var readout = root.querySelector(".readout");
    var resting = readout.innerHTML;
    var plots = Array.prototype.slice.call(root.querySelectorAll("svg.plot"));
    if (!rows.length) return;

    function curves(plot) {
      return plot.querySelectorAll(".curve");
    }

    function mark(plot, index) {
      var line = plot.querySelector(".mark line");
      plot.querySelector(".mark").style.visibility = "visible";
      curves(plot).forEach(function (curve, i) {
        var at = curve.points.getItem(index);
        var circle = plot.querySelectorAll(".mark circle")[i];
        line.setAttribute("x1", at.x);
        line.setAttribute("x2", at.x);
        circle.setAttribute("cx", at.x);
        circle.setAttribute("cy", at.y);
      });
    }

    function show(index) {
      current = Math.max(0, Math.min(rows.length - 1, index));
      plots.forEach(function (plot) { mark(plot, current); });
      readout.innerHTML = "";
      data.columns.forEach(function (column, i) {
        var number = document.createElement("b"), name = column[0];
        if (rows[current][i] === null) return;
        number.textContent = rows[current][i] + column[1];
        if (!i) name = name.charAt(0).toUpperCase() + name.slice(1);
        readout.append(name, number);
      });
    }

    function hide() {
      readout.innerHTML = resting;
      plots.forEach(function (plot) {
        plot.querySelector(".mark").style.visibility = "hidden";
      });
    }

    function nearest(plot, x) {
      var list = curves(plot)[0].points, low = 0, high = rows.length - 1;
      while (high - low > 1) {
        var middle = (low + high) >> 1;
        if (list.getItem(middle).x < x) low = middle; else high = middle;
      }
      return x - list.getItem(low).x < list.getItem(high).x - x ? low : high;
    }

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
  }

  document.querySelectorAll("section.plots").forEach(section);
})();
