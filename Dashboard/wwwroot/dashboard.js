// What the dashboard needs of the browser and cannot do from WebAssembly by itself.
window.dashboard = {
  language: () => navigator.language || "en",
  setLanguage: language => { document.documentElement.lang = language; },
  isDark: () => {
    const chosen = localStorage.getItem("flowgpt-theme");
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  },
  setDark: isDark => localStorage.setItem("flowgpt-theme", isDark ? "dark" : "light"),
  isVisible: () => document.visibilityState === "visible",
  save: (name, type, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  },
  copy: async text => {
    try { await navigator.clipboard.writeText(text); return true; } catch { return false; }
  },
};
