using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Admin.Contracts.Usage;
using FlowGpt.Dashboard.Usage;

namespace FlowGpt.Tests.Unit.Dashboard;

/// <summary>Usage by owner, whom only keys name, as the page saves it.</summary>
public sealed class UsageCsvTests
{
    private static readonly UsageView View = new(
        new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero),
        new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero),
        "1h",
        "owner"
    );

    [Fact]
    public void Write_KeysOfOneOwner_AreOneLineWithTheirSum()
    {
        var names = new UsageNames(
            new Dictionary<string, Key>
            {
                ["k1"] = KeyOf("k1", "ada"),
                ["k2"] = KeyOf("k2", "ada"),
                ["k3"] = KeyOf("k3", null),
            }
        );
        UsageSum[] sums =
        [
            Sum("k1", requests: 1, errors: 1, input: 10, output: 100),
            Sum("k2", requests: 2, errors: 0, input: 20, output: 200),
            Sum("k3", requests: 4, errors: 0, input: 40, output: 0),
        ];

        var csv = UsageCsv.Write(View, UsageGroup.Of(sums, sum => names.Of(View.By, sum, "nobody")));

        const string Range = "2026-11-01T00:00:00.0000000+00:00,2026-11-02T00:00:00.0000000+00:00";
        Assert.Equal(
            "start,end,owner,requests,errors,input_tokens,output_tokens\r\n"
                + $"{Range},\"ada\",3,1,30,300\r\n"
                + $"{Range},\"nobody\",4,0,40,0\r\n",
            csv
        );
    }

    [Theory]
    [InlineData("a, \"b\"", "\"a, \"\"b\"\"\"")]
    [InlineData("=HYPERLINK(1)", "\"'=HYPERLINK(1)\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("-1", "\"'-1\"")]
    [InlineData("@a", "\"'@a\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("", "\"\"")]
    public void Write_AnyName_IsTextOfOneField(string name, string field)
    {
        var csv = UsageCsv.Write(View, [UsageGroup.None with { Name = name }]);

        Assert.EndsWith($"+00:00,{field},0,0,0,0\r\n", csv, StringComparison.Ordinal);
    }

    private static Key KeyOf(string id, string? owner) =>
        new()
        {
            Id = id,
            Name = id,
            Owner = owner,
            Status = "active",
            Limits = new(),
        };

    private static UsageSum Sum(string key, long requests, long errors, long input, long output) =>
        new()
        {
            ApiKeyId = key,
            Requests = requests,
            Errors = errors,
            InputTokens = input,
            OutputTokens = output,
        };
}
