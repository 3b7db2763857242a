using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Accounts;

/// <summary>Checks the accounts at start, the file's content included, and lists every problem. No account at all is none.</summary>
public sealed class AccountsOptionsValidator : IValidateOptions<AccountsOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, AccountsOptions options)
    {
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(options.Pool))
        {
            problems.Add($"{AccountsOptions.SectionName}:{nameof(options.Pool)} is empty; name the pool that owns the accounts");
        }

        var (content, unreadable) = AccountsLoader.ReadFile(options);
        if (unreadable is not null)
        {
            problems.Add($"{AccountsOptions.SectionName}:{nameof(options.File)} {unreadable}");
        }

        problems.AddRange(AccountsLoader.Load(options, content).Problems);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
