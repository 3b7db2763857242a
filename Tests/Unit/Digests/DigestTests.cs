using System.Text.Json;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Tests.Unit.Architecture;
using FsCheck.Xunit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace FlowGpt.Tests.Unit.Digests;

/// <summary>A digest is on the wire, in stored JSON and in bytes what a <see cref="UInt128"/> is.</summary>
public sealed class DigestTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddSerializer(static serializer => serializer.AddAssembly(typeof(Digest).Assembly))
        .BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Property]
    public void Wire_AnyDigest_IsTheNumber(ulong high, ulong low)
    {
        var serializer = _services.GetRequiredService<Serializer>();
        var wire = serializer.SerializeToArray(new Digest(high, low));

        Assert.Equal(serializer.SerializeToArray(new UInt128(high, low)), wire);
        Assert.Equal(new Digest(high, low), serializer.Deserialize<Digest>(wire));
    }

    [Property]
    public void Json_AnyDigest_IsTheNumber(ulong high, ulong low)
    {
        var json = JsonSerializer.Serialize(new Digest(high, low));

        Assert.Equal(JsonSerializer.Serialize(new UInt128(high, low)), json);
        Assert.Equal(new Digest(high, low), JsonSerializer.Deserialize<Digest>(json));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("\"1\"\"")]
    [InlineData("340282366920938463463374607431768211456")]
    [InlineData("null")]
    public void Json_NoNumberOf128Bits_IsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Digest>(json));

    [Property]
    public void Bytes_AnyDigest_AreBigEndian(ulong high, ulong low)
    {
        var bytes = new byte[Digest.Size];
        new Digest(high, low).Write(bytes);

        Assert.Equal(new UInt128(high, low), System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));
        Assert.Equal(new Digest(high, low), Digest.Read(bytes));
        Assert.Equal(Convert.ToHexStringLower(bytes), new Digest(high, low).ToString());
    }

    /// <summary>No method that uses the type is compiled ahead of time, nor one that uses a type with a field of it.</summary>
    [Theory]
    [InlineData("Grains.Interfaces")]
    [InlineData("Grains")]
    [InlineData("ApiFrontend")]
    [InlineData("Silo")]
    public void Sources_OfWhatRequestsGoThrough_DoNotUseIntegersOf128Bits(string project) =>
        Assert.All(
            SourceTree.Files(project).Where(static file => Path.GetFileName(file) != "Digest.cs"),
            static file => Assert.DoesNotContain("Int128", SourceTree.Read(file), StringComparison.Ordinal)
        );
}
