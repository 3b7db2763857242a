using System.Security.Cryptography;
using System.Text;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.Grains.Interfaces.Addresses;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>
/// Gives turns their places. A stored turn runs in its conversation, and a turn with an idempotency key at a host that every repetition of the request
/// finds. Any other turn goes to the next of this process' own hosts: hosts are used for many turns, since making a host and entering it into the cluster's
/// directory costs as much as a small request, and replaced after a while, so that silos that have joined get their share. Thread-safe.
/// </summary>
internal sealed class TurnRouter(IGrainFactory grains, AddressKeyCache keys, TimeProvider time)
{
    /// <summary>How long a host gets new turns.</summary>
    public static readonly TimeSpan HostFor = TimeSpan.FromMinutes(1);

    // A host runs on one core at a time.
    private readonly Host?[] _hosts = new Host?[Math.Max(64, Environment.ProcessorCount * 4)];
    private int _last;

    /// <summary>Where the turn runs. For a turn on its own another place each time. The keys of <see cref="AddressKeyCache"/> must be there.</summary>
    public TurnPlace For(TurnPlan plan)
    {
        if (plan.ConversationId is { } conversation)
        {
            var id = Mint(plan, AddressKind.Conversation, conversation, out var grainKey);
            return new(grains.GetGrain<IConversationGrain>(grainKey), null, id);
        }

        if (plan.IdempotencyKey is { } key)
        {
            var id = Mint(plan, AddressKind.Idempotent, HashOf(key), out var grainKey);
            return new(grains.GetGrain<ITurnHostGrain>(grainKey), null, id);
        }

        var (host, slot) = Next();
        return new(host.Grain, slot, Mint(plan, AddressKind.Host, host.Name, out _));
    }

    /// <summary>Gives up a host that does not answer: later turns get another host.</summary>
    public void Abandon(TurnPlace place)
    {
        if (place.Slot is { } slot && Volatile.Read(ref _hosts[slot]) is { } host && ReferenceEquals(host.Grain, place.Grain))
        {
            Interlocked.CompareExchange(ref _hosts[slot], null, host);
        }
    }

    private string Mint(TurnPlan plan, AddressKind kind, string place, out string grainKey)
    {
        var address = new ResponseAddress(plan.ClientKeyId, kind, place, Guid.CreateVersion7(time.GetUtcNow()));
        grainKey = kind == AddressKind.Host ? "" : address.GrainKey;
        return keys.Codec.Mint(plan.ResponseIdPrefix, address);
    }

    private (Host Host, int Slot) Next()
    {
        var slot = (int)((uint)Interlocked.Increment(ref _last) % (uint)_hosts.Length);
        var host = Volatile.Read(ref _hosts[slot]);
        if (host is null || time.GetElapsedTime(host.Since) >= HostFor)
        {
            var name = RequestIds.MintUnique(time);
            var made = new Host(name, grains.GetGrain<ITurnHostGrain>(ConversationKey.Host(name)), time.GetTimestamp());
            var there = Interlocked.CompareExchange(ref _hosts[slot], made, host);
            host = ReferenceEquals(there, host) ? made : there ?? made;
        }

        return (host, slot);
    }

    /// <summary>The key itself may hold anything, and grain keys are no place for what a client sent.</summary>
    internal static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16));

    private sealed record Host(string Name, ITurnHostGrain Grain, long Since);
}
