using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deque.AxeCore.Commons;

namespace FlowGpt.Tests.Browser;

/// <summary>The width, theme and language in which pages are seen.</summary>
internal sealed record Viewer(bool IsDark, string Language, int Width, int Height)
{
    /// <summary>A person with a desktop computer.</summary>
    public static Viewer Desktop { get; } = new(false, "en-US", 1280, 860);

    public override string ToString() => $"{(IsDark ? "dark" : "light")} {Language} {Width}x{Height}";
}

/// <summary>One page in its own browser profile, used as a person uses a page: by the texts on it.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    /// <summary>The elements that a person can click or type into.</summary>
    private const string Front = "([...document.querySelectorAll('.mud-dialog')].at(-1) ?? document)";

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private readonly DevTools _tools;
    private readonly string _context;
    private readonly string _session;
    private readonly ConcurrentQueue<string> _errors = [];

    private BrowserPage(DevTools tools, string context, string session)
    {
        _tools = tools;
        _context = context;
        _session = session;
        _tools.Happened += Note;
    }

    /// <summary>What went wrong in the page so far: exceptions, errors of the console, requests that failed.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public static async Task<BrowserPage> OpenAsync(Chromium browser, Viewer viewer)
    {
        var tools = browser.Tools;
        var context = (string)(await tools.SendAsync("Target.createBrowserContext"))["browserContextId"]!;
        var made = await tools.SendAsync("Target.createTarget", new() { ["url"] = "about:blank", ["browserContextId"] = context });
        var attached = await tools.SendAsync(
            "Target.attachToTarget",
            new() { ["targetId"] = (string)made["targetId"]!, ["flatten"] = true }
        );
        var page = new BrowserPage(tools, context, (string)attached["sessionId"]!);
        await page.SendAsync("Page.enable");
        await page.SendAsync("Runtime.enable");
        await page.SendAsync("Log.enable");
        await page.SeeAsAsync(viewer);
        return page;
    }

    /// <summary>Changes how the page is seen, from the next load on.</summary>
    public async Task SeeAsAsync(Viewer viewer)
    {
        await SendAsync(
            "Emulation.setDeviceMetricsOverride",
            new()
            {
                ["width"] = viewer.Width,
                ["height"] = viewer.Height,
                ["deviceScaleFactor"] = 1,
                ["mobile"] = viewer.Width < 600,
            }
        );
        var scheme = new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = viewer.IsDark ? "dark" : "light" };
        await SendAsync("Emulation.setEmulatedMedia", new() { ["features"] = new JsonArray(scheme) });
        await SendAsync("Emulation.setUserAgentOverride", new() { ["userAgent"] = "Tests", ["acceptLanguage"] = viewer.Language });
    }

    /// <summary>Loads an address.</summary>
    public Task LoadAsync(Uri address) => SendAsync("Page.navigate", new() { ["url"] = address.AbsoluteUri });

    /// <summary>Gives the page a cookie of a site, as a sign-in does.</summary>
    public Task SetCookieAsync(Uri site, string name, string value) =>
        SendAsync(
            "Network.setCookie",
            new()
            {
                ["name"] = name,
                ["value"] = value,
                ["url"] = site.AbsoluteUri,
                ["httpOnly"] = true,
            }
        );

    /// <summary>Goes to another page of the dashboard without loading it again.</summary>
    public Task GoAsync(string path) => RunAsync($"Blazor.navigateTo({Quote(path)})");

    /// <summary>Waits until an expression is true, looking again whenever the document changes.</summary>
    public async Task WaitAsync(string condition)
    {
        var late = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await LookAsync(condition);
                return;
            }
            catch (InvalidOperationException exception) when (IsLoading(exception) && TimeProvider.System.GetElapsedTime(late) < Soon.Limit)
            {
                // Another page was loaded during the wait; the condition is checked there.
            }
        }
    }

    private static bool IsLoading(InvalidOperationException exception) =>
        exception.Message.Contains("navigated", StringComparison.Ordinal)
        || exception.Message.Contains("context", StringComparison.Ordinal)
        || exception.Message.Contains("Promise was collected", StringComparison.Ordinal);

    private async Task LookAsync(string condition)
    {
        var deadline = $"{Soon.Limit.TotalMilliseconds}";
        var result = await RunAsync(
            $$"""
            new Promise(done => {
              const holds = () => { try { return !!({{condition}}); } catch { return false; } };
              const end = value => { watch.disconnect(); clearTimeout(late); done(value); };
              const watch = new MutationObserver(() => holds() && end("held"));
              const late = setTimeout(() => end("late: " + document.body.innerText.slice(0, 1500)), {{deadline}});
              watch.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
              holds() && end("held");
            })
            """
        );
        Assert.True(
            (string?)result == "held",
            $"Not within {Soon.Limit.TotalSeconds} s: {condition}\n{result}\n{string.Join('\n', _errors)}"
        );
    }

    /// <summary>Waits until a text is on the page.</summary>
    public Task SeeAsync(string text) => WaitAsync($"document.body.innerText.includes({Quote(text)})");

    /// <summary>Clicks the button or link with this text; while a dialog is open, only inside the dialog.</summary>
    public async Task ClickAsync(string text)
    {
        var find =
            $"[...{Front}.querySelectorAll('button,a')].filter(one => !one.disabled && (one.innerText.trim() === {Quote(text)} || one.getAttribute('aria-label') === {Quote(text)})).at(-1)";
        await WaitAsync(find);
        await RunAsync($"{find}.click()");
    }

    /// <summary>Fills the field with this label; while a dialog is open, only inside the dialog.</summary>
    public async Task FillAsync(string label, string value)
    {
        var find =
            $"[...{Front}.querySelectorAll('label')].filter(one => one.querySelector('span')?.innerText.trim() === {Quote(label)}).at(-1)?.querySelector('input,select,textarea')";
        await WaitAsync(find);
        await RunAsync(
            $$"""(field => { field.value = {{Quote(value)}}; for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true })); })({{find}})"""
        );
    }

    /// <summary>Presses a key.</summary>
    public async Task PressAsync(string key)
    {
        await SendAsync(
            "Input.dispatchKeyEvent",
            new()
            {
                ["type"] = "keyDown",
                ["key"] = key,
                ["code"] = key,
            }
        );
        await SendAsync(
            "Input.dispatchKeyEvent",
            new()
            {
                ["type"] = "keyUp",
                ["key"] = key,
                ["code"] = key,
            }
        );
    }

    /// <summary>What breaks WCAG 2.1 A or AA on the page after all animations have ended: half-transparent text has other contrasts.</summary>
    /// <param name="part">Selects the part that is looked at.</param>
    public async Task<IReadOnlyList<string>> CheckAccessibilityAsync(string part = "html")
    {
        if (!(bool)(await RunAsync("!!window.axe"))!)
        {
            await RunAsync($"(() => {{ {Axe} }})(); 0");
        }

        var found = await RunAsync(
            $$"""
            Promise.all(document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < Infinity).map(one => one.finished.catch(() => 0))).then(() =>
            axe.run(document.querySelector({{Quote(
                part
            )}}), { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"] }).then(result =>
              result.violations.map(one => `${one.id}: ${one.help}; ${one.nodes.map(node => node.html).slice(0, 3).join(" | ")}`)))
            """
        );
        return [.. found!.AsArray().Select(static one => (string)one!)];
    }

    /// <summary>Runs script and returns the value, awaited.</summary>
    public async Task<JsonNode?> RunAsync(string script)
    {
        var result = await SendAsync(
            "Runtime.evaluate",
            new()
            {
                ["expression"] = script,
                ["awaitPromise"] = true,
                ["returnByValue"] = true,
            }
        );
        return result["exceptionDetails"] is { } failure
            ? throw new InvalidOperationException($"{script}: {failure["exception"]?["description"]}")
            : result["result"]?["value"]?.DeepClone();
    }

    /// <summary>The page as a PNG.</summary>
    public async Task<byte[]> ShootAsync() =>
        Convert.FromBase64String((string)(await SendAsync("Page.captureScreenshot", new() { ["format"] = "png" }))["data"]!);

    public async ValueTask DisposeAsync()
    {
        _tools.Happened -= Note;
        await _tools.SendAsync("Target.disposeBrowserContext", new() { ["browserContextId"] = _context });
    }

    private Task<JsonObject> SendAsync(string method, JsonObject? parameters = null) => _tools.SendAsync(method, parameters, _session);

    private void Note(string? session, string name, JsonObject details)
    {
        if (session != _session)
        {
            return;
        }

        var problem = name switch
        {
            "Runtime.exceptionThrown" => details["exceptionDetails"]?["exception"]?["description"]?.ToString(),
            "Runtime.consoleAPICalled" when (string?)details["type"] == "error" => details["args"]?[0]?["value"]?.ToString(),
            "Log.entryAdded" when (string?)details["entry"]?["level"] == "error" =>
                $"{details["entry"]?["text"]} {details["entry"]?["url"]}",
            _ => null,
        };
        if (problem is not null)
        {
            _errors.Enqueue(problem);
        }
    }

    /// <summary>A text as script.</summary>
    public static string Quote(string text) => JsonSerializer.Serialize(text);
}
