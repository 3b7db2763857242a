using System.Collections.Immutable;

namespace FlowGpt.Grains.Accounts;

/// <summary>Puts the single account and the file's together.</summary>
internal static class AccountsLoader
{
    /// <summary>Reads the file, if there is one. Null when there is none configured; problems when it can't be read.</summary>
    public static (byte[]? Content, string? Problem) ReadFile(AccountsOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.File))
        {
            return (null, null);
        }

        try
        {
            return (File.ReadAllBytes(options.File), null);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, $"\"{options.File}\" does not exist; create it or correct the path");
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return (null, $"\"{options.File}\" can't be read: {exception.Message}");
        }
    }

    /// <summary>The accounts that options and file define together, and every problem, each beginning with its configuration key.</summary>
    public static AccountsFileContent Load(AccountsOptions options, byte[]? file)
    {
        var accounts = new List<(AccountDefinition, string)>();
        var problems = new List<string>();
        if (!string.IsNullOrWhiteSpace(options.BearerToken))
        {
            accounts.Add((Single(options, problems), AccountsOptions.SectionName));
        }

        if (file is not null)
        {
            var content = AccountsFileParser.Parse(file);
            problems.AddRange(content.Problems.Select(problem => $"{AccountsOptions.SectionName}:File: {options.File}: {problem}"));
            accounts.AddRange(content.Accounts.Select((account, i) => (account, $"accounts[{i}]")));
        }

        if (problems.Count == 0)
        {
            problems.AddRange(AccountsProblems.OfDuplicates(accounts));
        }

        return new([.. accounts.Select(account => account.Item1)], [.. problems]);
    }

    private static AccountDefinition Single(AccountsOptions options, List<string> problems)
    {
        var token = AccountsProblems.Clean(options.BearerToken!);
        Note(nameof(options.Name), AccountsProblems.OfName(options.Name));
        Note(nameof(options.BearerToken), AccountsProblems.OfToken(token));
        var device = string.IsNullOrWhiteSpace(options.DeviceId) ? null : options.DeviceId.Trim();
        Note(nameof(options.DeviceId), device is null ? null : AccountsProblems.OfDeviceId(device));
        foreach (var (name, limit) in Limits(options.Limits))
        {
            Note($"{nameof(options.Limits)}:{name}", limit is { } value ? AccountsProblems.OfLimit(value) : null);
        }

        return AccountDefinitions.Create(options.Name, token) with
        {
            DeviceId = device,
            Limits = options.Limits,
        };

        void Note(string field, string? problem)
        {
            if (problem is not null)
            {
                problems.Add($"{AccountsOptions.SectionName}:{field} {problem}");
            }
        }
    }

    private static ImmutableArray<(string Name, int? Limit)> Limits(AccountLimits limits) =>
        [
            (nameof(limits.RequestsPerMinute), limits.RequestsPerMinute),
            (nameof(limits.RequestsPerHour), limits.RequestsPerHour),
            (nameof(limits.RequestsPerDay), limits.RequestsPerDay),
            (nameof(limits.TokensPerMinute), limits.TokensPerMinute),
            (nameof(limits.TokensPerDay), limits.TokensPerDay),
            (nameof(limits.MaxConcurrent), limits.MaxConcurrent),
        ];
}
