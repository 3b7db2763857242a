using System.Collections.Immutable;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Accounts;

/// <summary>Makes pools of the provider keys in the environment. Pure.</summary>
internal static class ProviderPools
{
    private const string Field = "apiKey";

    /// <summary>One pool and its account for each key; problems and notes name the variable.</summary>
    public static (ImmutableArray<(ConfiguredPool Pool, AccountDefinition Account)> Pools, ImmutableArray<string> Notes) Read(
        AccountsOptions options,
        ProviderKinds kinds,
        ICollection<string> problems
    )
    {
        var pools = ImmutableArray.CreateBuilder<(ConfiguredPool, AccountDefinition)>();
        var notes = ImmutableArray.CreateBuilder<string>();
        foreach (var (configured, key) in options.Providers.OrderBy(static one => one.Key, StringComparer.OrdinalIgnoreCase))
        {
            var name = configured.ToLowerInvariant();
            if (string.IsNullOrWhiteSpace(key.ApiKey))
            {
                if (!string.IsNullOrWhiteSpace(key.BaseUrl))
                {
                    problems.Add(
                        $"{Variable(name, "BASE_URL")} is set, but {Variable(name, "API_KEY")} is not; set the key, to any word for a server without keys, or remove the address"
                    );
                }

                continue;
            }

            if (kinds.Find(name) is not { } kind)
            {
                notes.Add($"{Variable(name, "API_KEY")} is set, but there is no provider kind {name} yet; the key is not used");
            }
            else if (Read(name, kind, key, problems) is { } pool)
            {
                pools.Add(pool);
            }
        }

        return (pools.ToImmutable(), notes.ToImmutable());
    }

    /// <summary>The name of a variable in the environment.</summary>
    public static string Variable(string provider, string suffix) => $"{provider.ToUpperInvariant()}_{suffix}";

    private static (ConfiguredPool, AccountDefinition)? Read(string name, IProviderKind kind, ProviderKey key, ICollection<string> problems)
    {
        var before = problems.Count;
        var fields = ImmutableDictionary<string, string>.Empty.Add(Field, key.ApiKey!);
        foreach (var problem in AccountDefinitions.Check(kind.Credential, fields))
        {
            problems.Add($"{Variable(name, "API_KEY")} {problem.Problem}");
        }

        var address = string.IsNullOrWhiteSpace(key.BaseUrl) ? null : key.BaseUrl.Trim();
        if (address is not null && PoolAddress.ProblemOf(address) is { } wrong)
        {
            problems.Add($"{Variable(name, "BASE_URL")} {wrong}");
            return null;
        }

        var definition = new PoolDefinition
        {
            Name = name,
            Kind = kind.Name,
            BaseUrl = address is null ? null : new Uri(address),
            Discover = true,
        };
        foreach (var problem in kind.Check(definition))
        {
            problems.Add($"{Variable(name, "BASE_URL")} {problem.Problem}");
        }

        if (problems.Count > before)
        {
            return null;
        }

        var pool = new ConfiguredPool(definition, AccountLimits.None, Variable(name, "API_KEY"));
        var account = AccountDefinitions.Create(name, kind.Credential, fields) with { Pool = name, Provider = pool.Provider };
        return (pool, account);
    }
}
