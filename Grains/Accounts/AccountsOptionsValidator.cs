using FlowGpt.Grains.Upstreams;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Accounts;

/// <summary>Checks pools, accounts and models at start, the file's content included, and lists every problem. No account at all is no problem.</summary>
public sealed class AccountsOptionsValidator(ProviderKinds kinds) : IValidateOptions<AccountsOptions>
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

        problems.AddRange(AccountsLoader.Load(options, content, kinds).AllProblems);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
