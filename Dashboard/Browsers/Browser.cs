using Microsoft.JSInterop;

namespace FlowGpt.Dashboard.Browsers;

/// <summary>What the page asks of the browser: functions of <c>dashboard.js</c>.</summary>
public sealed class Browser(IJSRuntime script)
{
    /// <summary>The browser's first language, e.g. <c>zh-CN</c>.</summary>
    public ValueTask<string> LanguageAsync() => script.InvokeAsync<string>("dashboard.language");

    /// <summary>Sets the language of the page for the browser and screen readers.</summary>
    public ValueTask SetLanguageAsync(string language) => script.InvokeVoidAsync("dashboard.setLanguage", language);

    /// <summary>Whether the page is dark: as chosen before, else as the browser's setting says.</summary>
    public ValueTask<bool> IsDarkAsync() => script.InvokeAsync<bool>("dashboard.isDark");

    /// <summary>Keeps the choice between dark and light in this browser.</summary>
    public ValueTask SetDarkAsync(bool isDark) => script.InvokeVoidAsync("dashboard.setDark", isDark);

    /// <summary>Whether the page is visible, not in the background.</summary>
    public ValueTask<bool> IsVisibleAsync() => script.InvokeAsync<bool>("dashboard.isVisible");

    /// <summary>Starts the download of a file.</summary>
    public ValueTask SaveAsync(string name, string type, string text) => script.InvokeVoidAsync("dashboard.save", name, type, text);

    /// <summary>Copies text to the clipboard; false when the browser refuses.</summary>
    public ValueTask<bool> CopyAsync(string text) => script.InvokeAsync<bool>("dashboard.copy", text);
}
