using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Accounts;

/// <summary>
/// Reads the accounts file: <c>{"pools":{…},"accounts":[…],"models":[…],"prices":[…]}</c>, of which only <c>accounts</c> must be there.
/// Comments and trailing commas are allowed; unknown and repeated fields are not. A pool without a definition is of the kind that accounts had
/// before there were several.
/// </summary>
/// <param name="kinds">The provider kinds of this process.</param>
/// <param name="defaults">The pool of accounts that name none, and pools of the environment.</param>
/// <param name="before">What is known of the file as it was read before, with the same kinds and defaults; the result is the same without it.</param>
internal sealed class AccountsFileParser(ProviderKinds kinds, PoolDefaults defaults, KnownEntries? before = null)
{
    private static readonly JsonDocumentOptions Json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly List<string> _problems = [];
    private readonly Dictionary<string, ConfiguredPool> _pools = new(StringComparer.Ordinal);

    // Pools whose definitions have problems, with their kinds where those are known. Accounts and models of such a pool are not reported for its problems.
    private readonly Dictionary<string, IProviderKind?> _badPools = new(StringComparer.Ordinal);

    /// <summary>Reads a file's content. Problems name the field, what to do and the line, and never hold a secret.</summary>
    public AccountsFileContent Parse(ReadOnlyMemory<byte> utf8)
    {
        utf8 = utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        try
        {
            using var document = JsonDocument.Parse(utf8, Json);
            var content = Read(document.RootElement);
            if (content.Problems.IsEmpty && content.Bad.IsEmpty)
            {
                return content;
            }

            var lines = JsonLines.Read(utf8.Span);
            return content with
            {
                Problems = [.. content.Problems.Select(lines.Place)],
                Bad = [.. content.Bad.Select(one => one with { Problem = lines.Place(one.Problem) })],
            };
        }
        catch (JsonException exception)
        {
            return Unreadable($"is not valid JSON near line {exception.LineNumber + 1}; check its commas, quotes and fields");
        }
        catch (InvalidOperationException) when (JsonLines.OfBadText(utf8.Span) is { } line)
        {
            // The name of a field that the file itself must have, or that is repeated, could not be looked for.
            return Unreadable($"{JsonFields.NotUnicode} (line {line})");
        }
    }

    private static AccountsFileContent Unreadable(string problem) => new() { Problems = [problem] };

    private AccountsFileContent Read(JsonElement root)
    {
        if (
            root.ValueKind != JsonValueKind.Object
            || (root.TryGetProperty("accounts", out var list) && list.ValueKind != JsonValueKind.Array)
            || !(root.TryGetProperty("accounts", out _) || root.TryGetProperty("pools", out _))
        )
        {
            return Unreadable("must hold an object with a list named accounts");
        }

        var fields = new JsonFields(root, "", _problems);
        foreach (var pool in fields.OptionalObject("pools")?.Objects() ?? [])
        {
            IProviderKind? kind = null;
            if (pool.Fields is not null && PoolFields.Read(pool.Name, pool.Fields, kinds, out kind) is { } read)
            {
                _pools[pool.Name] = read;
            }
            else
            {
                _badPools[pool.Name] = kind;
            }
        }

        var accounts = new List<PlacedAccount>();
        var bad = new List<BadAccount>();
        var entries = new KnownEntries(root, before);
        foreach (
            var (place, account) in fields.OptionalList(
                "accounts",
                (place, problem) => bad.Add(new BadAccount(place, defaults.Pool, problem))
            )
        )
        {
            if (entries.TryFind(account.Element, out var hash, out var known))
            {
                accounts.Add(new(known.Account, place, known.Secret));
                continue;
            }

            var problems = _problems.Count;
            var read = TryReadAccount(account, place, out var name, out var pool);
            if (_problems.Count > problems)
            {
                bad.AddRange(_problems.Skip(problems).Select(problem => new BadAccount(name ?? place, pool, problem)));
                _problems.RemoveRange(problems, _problems.Count - problems);
            }
            else if (read is not null)
            {
                entries.Add(hash, read);
                accounts.Add(new(read.Account, place, read.Secret));
            }
        }

        entries.Done();
        var repeated = AccountsProblems.OfDuplicates(accounts).ToArray();
        bad.AddRange(
            repeated.Select(one => new BadAccount(accounts[one.Index].Account.Name, accounts[one.Index].Account.Pool, one.Problem))
        );
        foreach (var (index, _) in repeated.Reverse())
        {
            accounts.RemoveAt(index);
        }

        var pools = KnownPools(accounts);
        var models = new List<(RouteDefinition, string)>();
        foreach (var (place, model) in fields.OptionalList("models"))
        {
            if (RouteFields.Read(model, defaults.Pool) is { } route)
            {
                models.Add((route, place));
                _problems.AddRange(ProblemsOf(route, pools).Select(one => $"{place}.{one.Field} {one.Problem}"));
            }
        }

        _problems.AddRange(RouteProblems.OfDuplicates(models));
        var prices = fields.OptionalList("prices").Select(one => PriceFields.ReadTarget(one.Item)).OfType<TargetPrice>().ToImmutableArray();
        fields.Done();
        return new()
        {
            Pools = [.. _pools.Values],
            Accounts = [.. accounts.Select(static one => one.Account)],
            Models = [.. models.Select(static one => one.Item1)],
            Prices = prices,
            Problems = [.. _problems],
            Bad = [.. bad],
            BadPools = [.. _badPools.Keys],
            Entries = entries,
        };
    }

    private IEnumerable<FieldProblem> ProblemsOf(RouteDefinition route, Dictionary<string, ConfiguredPool> known)
    {
        var unknown = route
            .Targets.Select((target, i) => _badPools.ContainsKey(target.Pool) ? $"targets[{i}].pool" : null)
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        return RouteProblems.Of(route, known.GetValueOrDefault, kinds).Where(one => !unknown.Contains(one.Field));
    }

    /// <summary>The pools that a model may name: defined pools, pools with accounts, and the default pool.</summary>
    private Dictionary<string, ConfiguredPool> KnownPools(List<PlacedAccount> accounts)
    {
        var known = new Dictionary<string, ConfiguredPool>(_pools, StringComparer.Ordinal);
        foreach (var name in accounts.Select(static one => one.Account.Pool).Append(defaults.Pool))
        {
            known.TryAdd(name, PoolOf(name));
        }

        foreach (var pool in defaults.Environment)
        {
            known.TryAdd(pool.Definition.Name, pool);
        }

        foreach (var (name, kind) in _badPools)
        {
            known[name] = new(new() { Name = name, Kind = kind?.Name ?? "" }, AccountLimits.None);
        }

        return known;
    }

    private ConfiguredPool PoolOf(string name) => _pools.GetValueOrDefault(name) ?? defaults.PoolOf(name);

    private KnownEntry? TryReadAccount(JsonFields fields, string place, out string? name, out string poolName)
    {
        (name, poolName) = (null, defaults.Pool);
        try
        {
            return ReadAccount(fields, out name, out poolName);
        }
        catch (InvalidOperationException)
        {
            // A field is looked for by its name, and the name of another field is no Unicode.
            _problems.Add($"{place} has the name of a field that {JsonFields.NotUnicode}");
            return null;
        }
    }

    private KnownEntry? ReadAccount(JsonFields fields, out string? name, out string poolName)
    {
        name = fields.Checked("name", fields.Text("name"), AccountsProblems.OfName);
        var named = fields.Checked(
            "pool",
            fields.OptionalText("pool"),
            one => _badPools.ContainsKey(one) ? null : AccountsProblems.OfPool(one)
        );
        var pool = PoolOf(named ?? defaults.Pool);
        poolName = pool.Definition.Name;
        var kind = _badPools.TryGetValue(poolName, out var ofBadPool) ? ofBadPool : kinds.Find(pool.Definition.Kind);
        var credential = kind is null ? null : ReadCredential(fields, kind.Credential);
        var weight = fields.OptionalNumber("weight", AccountsProblems.OfWeight) ?? 1;
        var enabled = fields.OptionalFlag("enabled") ?? true;
        var headers = PoolFields.ReadHeaders(fields.OptionalObject("headers"), kind);
        var limits = fields.OptionalObject("limits") is { } own ? PoolFields.ReadLimits(own) : pool.Limits;
        if (kind is null)
        {
            // Its pool's definition is reported; which fields the account may have is not known.
            return null;
        }

        fields.Done();
        return name is null || credential is null
            ? null
            : new(
                AccountDefinitions.Create(name, kind.Credential, credential) with
                {
                    Pool = pool.Definition.Name,
                    Provider = pool.Provider,
                    Weight = weight,
                    Enabled = enabled,
                    Headers = headers,
                    Limits = limits,
                },
                AccountDefinitions.SecretOf(kind.Credential)
            );
    }

    private static ImmutableDictionary<string, string>? ReadCredential(JsonFields fields, ICredentialSchema schema)
    {
        var values = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var isGood = true;
        foreach (var field in schema.Fields)
        {
            var value = field.IsRequired ? fields.Text(field.Name) : fields.OptionalText(field.Name);
            if (value is null)
            {
                isGood &= !field.IsRequired;
                continue;
            }

            isGood &= fields.Checked(field.Name, value, one => schema.ProblemOf(field.Name, schema.Clean(field.Name, one))) is not null;
            values[field.Name] = value;
        }

        return isGood ? values.ToImmutable() : null;
    }
}
