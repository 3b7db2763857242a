using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlowGpt.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;
using Orleans.Storage;

namespace FlowGpt.Tests.Unit.Contracts;

/// <summary>The serializers of a silo as the product composes it, which is not started: of messages between processes, and of grain records.</summary>
internal sealed class ProductSerializers : IDisposable
{
    // More members than any type will have.
    private const uint UnknownMember = 1_000;

    private readonly WebApplication _silo;
    private readonly Serializer _messages;
    private readonly IGrainStorageSerializer _records;

    public ProductSerializers()
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddOrleans(new NowhereMode(), new SiloOptions());
        _silo = builder.Build();
        _messages = _silo.Services.GetRequiredService<Serializer>();
        _records = _silo.Services.GetRequiredService<IGrainStorageSerializer>();
    }

    /// <summary>The value as a message holds it whose member is of a base type, so that the bytes name the type.</summary>
    public byte[] ToWire(object value) => _messages.SerializeToArray(value);

    public object FromWire(byte[] wire) => _messages.Deserialize<object>(wire)!;

    public JsonNode ToStored(object record) => JsonNode.Parse(Call<BinaryData>(nameof(IGrainStorageSerializer.Serialize), record))!;

    public object FromStored(Type type, JsonNode stored) =>
        typeof(IGrainStorageSerializer)
            .GetMethod(nameof(IGrainStorageSerializer.Deserialize))!
            .MakeGenericMethod(type)
            .Invoke(_records, [new BinaryData(JsonSerializer.SerializeToUtf8Bytes(stored))])!;

    /// <summary>The same bytes with one more member at the end of the value, as a later version of its type would write.</summary>
    public byte[] WithUnknownMember(byte[] wire)
    {
        using var session = _silo.Services.GetRequiredService<Orleans.Serialization.Session.SerializerSessionPool>().GetSession();
        var end = (byte)((byte)WireType.Extended | (byte)ExtendedWireType.EndTagDelimited);
        Assert.Equal(end, wire[^1]);
        var buffer = new ArrayBufferWriter<byte>();
        var writer = Writer.Create(buffer, session);
        writer.Write(wire.AsSpan(0, wire.Length - 1));
        StringCodec.WriteField(ref writer, UnknownMember, "from a later version");
        writer.WriteByte(end);
        writer.Commit();
        return buffer.WrittenSpan.ToArray();
    }

    public void Dispose() => ((IDisposable)_silo).Dispose();

    private T Call<T>(string method, object record) =>
        (T)typeof(IGrainStorageSerializer).GetMethod(method)!.MakeGenericMethod(record.GetType()).Invoke(_records, [record])!;

    private sealed class NowhereMode : IHostingMode
    {
        public void Tell(ILogger logger) { }

        public string Description => "nowhere";

        public ProductKeys Keys => throw new NotSupportedException();

        public IDataProtectionProvider OpenKeyRing() => throw new NotSupportedException();

        public void Configure(ISiloBuilder silo) => silo.UseLocalhostClustering();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
