using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Models;
using FlowGpt.Grains.Upstreams;
using FsCheck;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Models;

public sealed class TargetChoicePropertyTests
{
    private static readonly ModelCapabilities[] Asked =
    [
        ModelCapabilities.Tools,
        ModelCapabilities.JsonSchema,
        ModelCapabilities.JsonObject,
        ModelCapabilities.Logprobs,
        ModelCapabilities.Images,
        ModelCapabilities.Files,
        ModelCapabilities.Audio,
    ];

    [Property(MaxTest = 500)]
    public void AnyRoute_IsServedByExactlyTheTargetsThatCan_InTheirOrder(
        (byte Order, byte Weight, ushort Can, int? Window, bool Known)[] generated,
        byte asked,
        ushort prompt,
        string id
    )
    {
        var worlds = generated.Length == 0 ? [(0, 1, ushort.MaxValue, null, true)] : generated;
        var route = RouteOf([.. worlds.Select((one, i) => new Target("pool", $"m{i}", one.Order % 3, 1 + one.Weight, Empty))]);
        var turn = TurnWith(asked, id ?? "");
        var needed = Asked.Where((_, i) => (asked & (1 << i)) != 0).Aggregate(ModelCapabilities.None, static (all, one) => all | one);
        // A turn has one format: the schema wins.
        needed &= needed.HasFlag(ModelCapabilities.JsonSchema) ? ~ModelCapabilities.JsonObject : ~ModelCapabilities.None;

        var choice = TargetChoice.For(route, turn, prompt, Capabilities, Window, static _ => 1);

        var able = route
            .Targets.Where(target => Capabilities(target) is { } can && (can | EmulatedCapabilities.All).HasFlag(needed))
            .ToArray();
        var expected = able.Where(target => Window(target) is not { } window || prompt <= window).ToHashSet();
        Assert.Equal(expected, choice.Targets.ToHashSet());
        Assert.Equal(choice.Targets.Length, choice.Targets.Distinct().Count());
        // At equal order, targets that need no emulation come first.
        var places = choice.Targets.Select(target => (target.Order, IsHelped: !Capabilities(target)!.Value.HasFlag(needed))).ToArray();
        Assert.Equal(places.Order(), places);
        Assert.Equal(expected.Count == 0, choice.Error is not null);
        if (choice.Error is { } error)
        {
            var anyKnown = route.Targets.Any(target => Capabilities(target) is not null);
            Assert.Equal(
                able.Length > 0 ? TurnErrorKind.ContextLengthExceeded
                    : anyKnown ? TurnErrorKind.NotSupportedByModel
                    : TurnErrorKind.NoUsableAccount,
                error.Kind
            );
            Assert.Equal(
                error.Kind != TurnErrorKind.ContextLengthExceeded,
                error.Message.Contains($"'{route.Id}'", StringComparison.Ordinal)
            );
            Assert.Equal(error.Kind == TurnErrorKind.NoUsableAccount, error.Param is null);
        }

        ModelCapabilities? Capabilities(Target target) => Of(target) is { Known: true } one ? (ModelCapabilities)one.Can : null;
        int? Window(Target target) => Of(target).Window is { } window ? window & 0xffff : null;
        (int Order, int Weight, ushort Can, int? Window, bool Known) Of(Target target) => worlds[int.Parse(target.Model.AsSpan(1))];
    }

    [Property(MaxTest = 200)]
    public void TheSameRequest_GetsTheSameSequence(string id, byte[] weights)
    {
        var route = RouteOf([.. weights.Append((byte)1).Select((weight, i) => new Target("pool", $"m{i}", 0, 1 + weight, Empty))]);

        var first = TargetChoice.For(route, TurnWith(0, id ?? ""), 1, static _ => ModelCapabilities.None);
        var second = TargetChoice.For(route, TurnWith(0, id ?? ""), 1, static _ => ModelCapabilities.None);

        Assert.Equal(first.Targets.AsEnumerable(), second.Targets.AsEnumerable());
    }

    [Theory]
    [InlineData(1, 1, 0, 0, 0.5)]
    [InlineData(1, 3, 0, 0, 0.25)]
    [InlineData(2, 2, 3, 0, 0.2)]
    [InlineData(1, 1, 9, 0, 1 / 11.0)]
    public void EqualOrders_ShareByWeightAndLoad(int weight, int otherWeight, int load, int otherLoad, double share)
    {
        const int Requests = 20_000;
        var route = RouteOf([new("pool", "one", 0, weight, Empty), new("pool", "other", 0, otherWeight, Empty)]);

        var first = Enumerable
            .Range(0, Requests)
            .Count(i =>
                TargetChoice
                    .For(
                        route,
                        TurnWith(0, $"resp_{i}"),
                        1,
                        static _ => ModelCapabilities.None,
                        null,
                        target => target.Model == "one" ? load : otherLoad
                    )
                    .Targets[0]
                    .Model == "one"
            );

        // Five standard deviations of a fair draw.
        var tolerance = 5 * Math.Sqrt(share * (1 - share) / Requests);
        Assert.InRange(first / (double)Requests, share - tolerance, share + tolerance);
    }

    [Theory]
    [InlineData(3, "logprobs")]
    [InlineData(4, "images")]
    [InlineData(5, "files")]
    [InlineData(6, "audio")]
    public void WhatNoTargetCanDo_IsRefusedByFieldAndModel(int need, string field)
    {
        var route = RouteOf([new Target("pool", "m")]);
        var can = (ModelCapabilities)ushort.MaxValue & ~Asked[need];

        var choice = TargetChoice.For(route, TurnWith((byte)(1 << need), "resp"), 1, _ => can);

        Assert.Equal((TurnErrorKind.NotSupportedByModel, field), (choice.Error!.Kind, choice.Error.Param));
        Assert.Contains($"'{field}'", choice.Error.Message, StringComparison.Ordinal);
        Assert.Contains("'smart'", choice.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APromptBeyondTheRoutesWindow_IsTooLong()
    {
        var route = RouteOf([new Target("pool", "m")]) with { ContextWindow = 100 };

        Assert.Null(TargetChoice.For(route, TurnWith(0, "resp"), 100, static _ => ModelCapabilities.None).Error);
        Assert.Equal(
            TurnErrorKind.ContextLengthExceeded,
            TargetChoice.For(route, TurnWith(0, "resp"), 101, static _ => ModelCapabilities.None).Error!.Kind
        );
    }

    /// <summary>Also for a model that has tools itself, and for a prompt that is too long to be written out for a model that has none.</summary>
    [Theory]
    [InlineData(150, true)]
    [InlineData(150, false)]
    [InlineData(5000, true)]
    [InlineData(5000, false)]
    public void APromptThatIsTooLong_IsRefusedWithTheTokensOfItsTools(int promptTokens, bool isWritten)
    {
        var route = RouteOf([new Target("pool", "m")]) with { ContextWindow = 100 };

        var choice = TargetChoice.For(
            route,
            TurnWith(1, "resp"),
            promptTokens,
            static _ => ModelCapabilities.Tools,
            textPrompt: _ => isWritten ? new(promptTokens, 70, null) : null,
            toolTokens: static () => 70
        );

        Assert.Contains("70 of them for the tools", choice.Error!.Message, StringComparison.Ordinal);
    }

    private static ImmutableDictionary<string, string> Empty => ImmutableDictionary<string, string>.Empty;

    private static Route RouteOf(ImmutableArray<Target> targets) => new("smart", targets, "", null, false, 0, "test");

    private static TurnRequest TurnWith(int asked, string id)
    {
        var parts = ImmutableArray.CreateBuilder<Part>();
        parts.Add(new TextPart("Hello"));
        parts.AddRange(
            new Part[] { new ImagePart("data:image/png;base64,AA=="), new FilePart("file-1", null), new AudioPart("AA==", "wav") }.Where(
                (_, i) => (asked & (1 << (i + 4))) != 0
            )
        );
        return new()
        {
            ResponseId = id,
            ClientKeyId = "key",
            Route = "smart",
            Input = [new MessageItem(MessageRole.User, parts.ToImmutable())],
            Tools = (asked & 1) != 0 ? [new(ToolKind.Function, "f", null, null)] : [],
            Format =
                (asked & 2) != 0 ? new(ResponseFormatKind.JsonSchema, "s", "{}")
                : (asked & 4) != 0 ? new(ResponseFormatKind.JsonObject)
                : null,
            Sampling = new() { Logprobs = (asked & 8) != 0 ? true : null },
            Timeout = TimeSpan.FromSeconds(1),
        };
    }
}
