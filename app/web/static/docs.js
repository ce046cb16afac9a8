// Lays the document of the API out with Swagger UI (vendored). Nothing is asked from outside: no validator, no fonts.
"use strict";

window.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("swagger-ui");
  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.document,
    deepLinking: true,
    docExpansion: "list",
    validatorUrl: null,
    defaultModelsExpandDepth: -1,
    syntaxHighlight: { activated: true, theme: "agate" },
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
});
