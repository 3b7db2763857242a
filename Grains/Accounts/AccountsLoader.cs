using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Storage;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Accounts;

/// <summary>Puts the single account, the environment's and the file's together.</summary>
internal static class AccountsLoader
{
    /// <summary>The most bytes of an accounts file: 100,000 accounts with long tokens.</summary>
    public const int MostBytes = 256 * 1024 * 1024;

    /// <summary>Reads the file, if there is one. Null when no file is configured; problems when it can't be read.</summary>
    public static (byte[]? Content, string? Problem) ReadFile(AccountsOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.File))
        {
            return (null, null);
        }

        try
        {
            return (OrdinaryFile.ReadAllBytes(options.File, MostBytes), null);
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

    /// <summary>The hash of the file's content, for which the content is not kept in memory; null when the file can't be read.</summary>
    public static byte[]? HashFile(AccountsOptions options)
    {
        try
        {
            return OrdinaryFile.Hash(options.File!, MostBytes);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What tells most changes of the file at once; the same for every file that can't be read.</summary>
    public static (DateTime Written, long Length) StampOf(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return default;
        }
    }

    /// <summary>The pools, accounts and models that options and file define together, and every problem, each beginning with its configuration key.</summary>
    /// <param name="options">The options.</param>
    /// <param name="file">The file's content; null without a file.</param>
    /// <param name="kinds">The provider kinds of this process.</param>
    /// <param name="before">What is known of the file as it was read before, with the same options and kinds.</param>
    public static AccountsFileContent Load(AccountsOptions options, byte[]? file, ProviderKinds kinds, KnownEntries? before = null)
    {
        var problems = new List<string>();
        var (provided, notes) = ProviderPools.Read(options, kinds, problems);
        var defaults = new PoolDefaults(options.Pool, [.. provided.Select(static one => one.Pool)]);
        var content = file is null ? new() : new AccountsFileParser(kinds, defaults, before).Parse(file);
        problems.AddRange(content.Problems.Select(problem => $"{AccountsOptions.SectionName}:File: {options.File}: {problem}"));
        problems.AddRange(OfOwnAddress(options, content.Pools.Concat(defaults.Environment)));

        var pools = content.Pools.ToList();
        PlacedAccount? single = null;
        if (
            options.Fields.Values.Any(static value => !string.IsNullOrWhiteSpace(value))
            && !content.BadPools.Contains(options.Pool, StringComparer.Ordinal)
        )
        {
            var pool = pools.FirstOrDefault(one => one.Definition.Name == options.Pool) ?? defaults.PoolOf(options.Pool);
            single = Single(options, pool, kinds, problems);
        }

        var added = new List<PlacedAccount>();
        foreach (var (pool, account) in provided)
        {
            if (pools.Any(one => one.Definition.Name == pool.Definition.Name))
            {
                notes = notes.Add(
                    $"{pool.Origin} is set, but the accounts file defines the pool {pool.Definition.Name}; the key is not used"
                );
                continue;
            }

            pools.Add(pool);
            added.Add(new(account, pool.Origin!, "apiKey"));
        }

        // The file alone was looked through when it was read.
        if (problems.Count == 0 && (single is not null || added.Count > 0))
        {
            var placed = content.Accounts.Select(
                (account, i) => new PlacedAccount(account, $"accounts[{i}]", SecretOf(account, pools, kinds))
            );
            PlacedAccount[] all = [.. single is { } one ? [one] : Array.Empty<PlacedAccount>(), .. placed, .. added];
            problems.AddRange(AccountsProblems.OfDuplicates(all).Select(static one => one.Problem));
        }

        return content with
        {
            Pools = [.. pools],
            Accounts =
            [
                .. single is { } own ? [own.Account] : ImmutableArray<AccountDefinition>.Empty,
                .. content.Accounts,
                .. added.Select(static one => one.Account),
            ],
            Problems = [.. problems],
            Bad =
            [
                .. content.Bad.Select(one => one with { Problem = $"{AccountsOptions.SectionName}:File: {options.File}: {one.Problem}" }),
            ],
            Notes = notes,
        };
    }

    private static string SecretOf(AccountDefinition account, List<ConfiguredPool> pools, ProviderKinds kinds)
    {
        var kind = pools.FirstOrDefault(pool => pool.Definition.Name == account.Pool)?.Definition.Kind ?? PoolDefaults.Kind;
        return AccountDefinitions.SecretOf(kinds.Find(kind)?.Credential);
    }

    private static PlacedAccount? Single(AccountsOptions options, ConfiguredPool pool, ProviderKinds kinds, List<string> problems)
    {
        var before = problems.Count;
        if (kinds.Find(pool.Definition.Kind) is not { Credential: var schema })
        {
            problems.Add($"{AccountsOptions.SectionName}:Pool \"{options.Pool}\" has no known provider kind; use one of {kinds.Names}");
            return null;
        }

        Note(nameof(options.Name), AccountsProblems.OfName(options.Name));
        var fields = schema
            .Fields.Where(field => !string.IsNullOrWhiteSpace(options.Fields.GetValueOrDefault(field.Name)))
            .ToImmutableDictionary(static field => field.Name, field => options.Fields[field.Name]!, StringComparer.Ordinal);
        foreach (var problem in AccountDefinitions.Check(schema, fields))
        {
            Note($"Fields:{problem.Field}", problem.Problem);
        }

        foreach (var (name, limit) in Limits(options.Limits))
        {
            Note($"{nameof(options.Limits)}:{name}", limit is { } value ? AccountsProblems.OfLimit(value) : null);
        }

        if (problems.Count > before)
        {
            return null;
        }

        var account = AccountDefinitions.Create(options.Name, schema, fields) with
        {
            Pool = options.Pool,
            Provider = pool.Provider,
            Limits = options.Limits == AccountLimits.None ? pool.Limits : options.Limits,
        };
        return new(account, AccountsOptions.SectionName, $"Fields:{AccountDefinitions.SecretOf(schema)}");

        void Note(string field, string? problem)
        {
            if (problem is not null)
            {
                problems.Add($"{AccountsOptions.SectionName}:{field} {problem}");
            }
        }
    }

    private static IEnumerable<string> OfOwnAddress(AccountsOptions options, IEnumerable<ConfiguredPool> pools)
    {
        var own = (options.ListensOn ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (own.Length == 0)
        {
            return [];
        }

        var machine = new Lazy<IReadOnlySet<string>>(MachineNames.Read);
        return pools
            .Where(pool => pool.Definition.BaseUrl is { } address && PoolAddress.IsOwn(address, own, machine.Value))
            .Select(pool =>
                (
                    pool.Origin is { } variable
                        ? variable.Replace("API_KEY", "BASE_URL", StringComparison.Ordinal)
                        : $"pools.{pool.Definition.Name}.baseUrl"
                ) + $" is the address of this gateway ({pool.Definition.BaseUrl}); name the provider's own address"
            );
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
