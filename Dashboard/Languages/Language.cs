using System.Globalization;
using FlowGpt.Dashboard.Browsers;

namespace FlowGpt.Dashboard.Languages;

/// <summary>The page's texts in the browser's language: English or Simplified Chinese. The English text is the key of its translation.</summary>
public sealed class Language(Browser browser)
{
    /// <summary>Readable texts for names in the gateway's answers.</summary>
    private static readonly Dictionary<string, string> English = new()
    {
        ["Alive"] = "has the model",
        ["Dead"] = "has no such model",
        ["Unknown"] = "not checked",
        ["CoolingDown"] = "Cooling down",
        ["ShuttingDown"] = "Shutting down",
        ["Api"] = "Admin API",
        ["requestsPerMinute"] = "requests / minute",
        ["requestsPerHour"] = "requests / hour",
        ["requestsPerDay"] = "requests / day",
        ["tokensPerMinute"] = "tokens / minute",
        ["tokensPerDay"] = "tokens / day",
        ["tokensPerMonth"] = "tokens / month",
        ["maxConcurrent"] = "calls at one time",
        ["breaker-open"] = "Breaker open",
        ["discovery-failed"] = "Provider cannot be asked for its models",
        ["pool-empty"] = "No account of the pool can serve",
        ["accounts-file-refused"] = "Accounts file not in force",
        ["account-left-out"] = "Left out of the accounts file",
        ["account-sealed"] = "Token cannot be read",
        ["account-expired"] = "Token has expired",
        ["account-expires"] = "Token expires soon",
        ["account-refused"] = "Refused by the upstream",
        ["account-cooling"] = "Cooling down",
        ["account-blamed"] = "Has a mark",
        ["account-draining"] = "Being emptied",
        ["key-budget"] = "Budget nearly used up",
        ["silo-draining"] = "Silo drains",
        ["silo-silent"] = "Silo does not answer",
        ["maxConcurrentRequests"] = "requests at one time",
    };

    private bool _isChinese;

    /// <summary>The text in the browser's language.</summary>
    public string this[string text] =>
        _isChinese && Chinese.Words.TryGetValue(text, out var chinese) ? chinese : English.GetValueOrDefault(text, text);

    /// <summary>The text in the browser's language with values in place of <c>{0}</c>, <c>{1}</c>.</summary>
    public string With(string english, params object?[] values) => string.Format(CultureInfo.InvariantCulture, this[english], values);

    /// <summary>Asks the browser for its language.</summary>
    public async Task ReadAsync()
    {
        _isChinese = (await browser.LanguageAsync()).StartsWith("zh", StringComparison.OrdinalIgnoreCase);
        await browser.SetLanguageAsync(_isChinese ? "zh-CN" : "en");
    }
}
