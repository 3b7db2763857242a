using System.Collections.Immutable;
using System.Text;
using FlowGpt.Grains.Accounts;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Accounts;

/// <summary>A file that is read after another file says what it says alone, and unchanged accounts stay the same objects.</summary>
public sealed class KnownEntriesTests
{
    private static readonly string[] Flaws =
    [
        "\"weight\":0",
        "\"wieght\":2",
        "\"bearerToken\":\"a b\"",
        "\"limits\":{\"requestsPerMinute\":0}",
        "\"pool\":\"..\"",
        "\"headers\":{\"Authorization\":\"x\"}",
    ];

    private static readonly string[] Pools =
    [
        "",
        "\"pools\":{},",
        "\"pools\":{\"one\":{\"kind\":\"openai\",\"baseUrl\":\"http://127.0.0.1:1/v1\"}},",
        "\"pools\":{\"one\":{\"kind\":\"openai\",\"baseUrl\":\"http://127.0.0.1:1/v1\",\"limits\":{\"requestsPerDay\":7}}},",
        "\"pools\":{\"one\":{\"kind\":\"nothing\"}},",
        "\"pools\":{\"one\":{\"kind\":\"openai\",\"baseUrl\":7}},",
    ];

    [Property(MaxTest = 60)]
    public void Load_AfterAnyEdits_SaysWhatTheFileSaysAlone(int seed)
    {
        var random = new Random(seed);
        var entries = Enumerable.Range(0, random.Next(12)).Select(number => Entry(random, number)).ToList();
        var pools = Pools[random.Next(Pools.Length)];
        KnownEntries? known = null;
        for (var edit = 0; edit < 12; edit++)
        {
            Edit(random, entries, ref pools);
            var file = File(random, entries, pools);
            var options = Options(random.Next(4) == 0);

            var loaded = AccountsLoader.Load(options, file, AccountKinds.All, known);

            Assert.Equal(Told(AccountsLoader.Load(options, file, AccountKinds.All)), Told(loaded));
            known = loaded.Entries ?? known;
        }
    }

    [Fact]
    public void Load_OneEntryChanged_TheOthersAreTheSameObjects()
    {
        var entries = Enumerable.Range(0, 50).Select(static number => $$"""{"name":"a{{number}}","bearerToken":"t{{number}}"}""").ToList();
        var first = Load(entries, null);
        entries[7] = """{"name":"a7","bearerToken":"t7","enabled":false}""";
        entries.RemoveAt(20);

        var second = Load(entries, first.Entries);

        Assert.Equal(49, second.Accounts.Length);
        Assert.False(second.Accounts[7].Enabled);
        Assert.Equal(
            ["a7"],
            second.Accounts.Where(account => !first.Accounts.Any(one => ReferenceEquals(one, account))).Select(static one => one.Name)
        );
    }

    /// <summary>The pool's own limits hold for accounts without limits, so that other pools make other accounts of the same bytes.</summary>
    [Fact]
    public void Load_PoolChanged_ItsAccountsChange()
    {
        List<string> entries = ["""{"name":"a","pool":"one","apiKey":"key"}"""];
        var first = Load(entries, null, Pools[2]);

        var second = Load(entries, first.Entries, Pools[3]);

        Assert.Equal((null, 7), (first.Accounts[0].Limits.RequestsPerDay, second.Accounts[0].Limits.RequestsPerDay));
    }

    private static AccountsFileContent Load(List<string> entries, KnownEntries? known, string pools = "") =>
        AccountsLoader.Load(
            Options(false),
            Encoding.UTF8.GetBytes($$"""{{{pools}}"accounts":[{{string.Join(",\n", entries)}}]}"""),
            AccountKinds.All,
            known
        );

    private static AccountsOptions Options(bool single)
    {
        var options = new AccountsOptions { File = "accounts.json" };
        if (single)
        {
            options.Fields["bearerToken"] = "t1";
        }

        return options;
    }

    private static void Edit(Random random, List<string> entries, ref string pools)
    {
        for (var change = random.Next(4); change > 0; change--)
        {
            switch (random.Next(8))
            {
                case 0 or 1:
                    entries.Insert(random.Next(entries.Count + 1), Entry(random, random.Next(20)));
                    break;
                case 2 when entries.Count > 0:
                    entries.RemoveAt(random.Next(entries.Count));
                    break;
                case 3 or 4 when entries.Count > 0:
                    entries[random.Next(entries.Count)] = Entry(random, random.Next(20));
                    break;
                case 5 when entries.Count > 0:
                    entries.Add(entries[random.Next(entries.Count)]);
                    break;
                case 6 when entries.Count > 1:
                    entries.Reverse(0, 2);
                    break;
                default:
                    pools = Pools[random.Next(Pools.Length)];
                    break;
            }
        }
    }

    private static string Entry(Random random, int number)
    {
        if (random.Next(20) == 0)
        {
            return random.Next(2) == 0 ? "7" : "{}";
        }

        var isOfOne = random.Next(3) == 0;
        List<string> fields =
        [
            $"\"name\":\"a{number}\"",
            isOfOne ? $"\"pool\":\"one\",\"apiKey\":\"k{random.Next(20)}\"" : $"\"bearerToken\":\"t{random.Next(20)}\"",
        ];
        if (random.Next(3) == 0)
        {
            fields.Add($"\"weight\":{1 + random.Next(3)}");
        }

        if (random.Next(3) == 0)
        {
            fields.Add("\"limits\":{\"requestsPerMinute\":5}");
        }

        if (random.Next(4) == 0)
        {
            fields.Add(Flaws[random.Next(Flaws.Length)]);
        }

        return $"{{{string.Join(random.Next(2) == 0 ? "," : ",\n", fields)}}}";
    }

    private static byte[] File(Random random, List<string> entries, string pools)
    {
        var models =
            random.Next(3) == 0
                ? """,\n"models":[{"id":"m","targets":[{"pool":"one","model":"x"}]}]""".Replace("\\n", "\n", StringComparison.Ordinal)
                : "";
        var text = $$"""{{{pools}}"accounts":[{{string.Join(",\n", entries)}}]{{models}}}""";
        return Encoding.UTF8.GetBytes(random.Next(12) == 0 ? text[..^1] : text);
    }

    private static string Told(AccountsFileContent content) =>
        string.Join(
            '\n',
            [
                .. content.Pools.Select(static pool => $"pool {pool.Definition.Name} {pool.Provider} {pool.Limits}"),
                .. content.Accounts.Select(Told),
                .. content.Models.Select(static model => $"model {model.Id} {string.Join(' ', model.Targets)}"),
                .. content.Bad.Select(static bad => bad.ToString()),
                .. content.Problems,
                .. content.BadPools,
                .. content.Notes,
            ]
        );

    private static string Told(AccountDefinition one) =>
        $"account {one.Name} {one.Pool} {one.Provider} {one.Origin} {Told(one.Fields)} {string.Join(',', one.Generated)} {one.TokenHash} {one.UpstreamId} "
        + $"{one.TokenExpires} {Told(one.Headers)} {one.Weight} {one.Enabled} {one.Limits}";

    private static string Told(ImmutableDictionary<string, string> texts) =>
        string.Join(',', texts.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key}={one.Value}"));
}
