using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Silo.Storage;

namespace FlowGpt.Tests.Unit.Storage;

public sealed class StorageJsonTests
{
    private static readonly JsonSerializerOptions Options = new();

    static StorageJsonTests() => StorageJson.Configure(Options);

    [Fact]
    public void Write_DefaultImmutableArray_IsLeftOutAndReadBackAsDefault()
    {
        var json = JsonSerializer.Serialize(new MessageItem(MessageRole.User, default, "Ann"), Options);

        Assert.DoesNotContain("\"Parts\"", json, StringComparison.Ordinal);
        Assert.Contains("Ann", json, StringComparison.Ordinal);
        Assert.True(JsonSerializer.Deserialize<MessageItem>(json, Options)!.Parts.IsDefault);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Write_ImmutableArray_IsReadBackEqual(int length)
    {
        var parts = Enumerable.Range(0, length).Select(static i => (Part)new TextPart($"text {i}")).ToImmutableArray();

        var read = Roundtrip(new MessageItem(MessageRole.Assistant, parts));

        Assert.False(read.Parts.IsDefault);
        Assert.Equal(parts.AsEnumerable(), read.Parts);
    }

    [Fact]
    public void Write_ComputedMember_IsLeftOutButConstructorMembersAreKept()
    {
        var json = JsonSerializer.Serialize(new TokenUsage(1, 2, 3), Options);

        Assert.DoesNotContain("TotalTokens", json, StringComparison.Ordinal);
        Assert.Equal(new TokenUsage(1, 2, 3), JsonSerializer.Deserialize<TokenUsage>(json, Options));
        Assert.Equal("kept", Roundtrip(new OnlyConstructor("kept")).Text);
    }

    private static T Roundtrip<T>(T value) => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(value, Options), Options)!;

    private sealed class OnlyConstructor(string text)
    {
        public string Text { get; } = text;
    }
}
