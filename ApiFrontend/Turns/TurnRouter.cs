using System.Security.Cryptography;
using System.Text;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Turns;

/// <summary>
/// Gives turns their places. A stored turn belongs to its conversation, and one with an idempotency key to a host that every repetition of the request
/// finds. Any other goes to the next of this process' own hosts: they are used for many turns, since making one and entering it into the cluster's
/// directory costs as much as a small request, and replaced after a while, so that silos that have joined get their share. Thread-safe.
/// </summary>
internal sealed class TurnRouter(IGrainFactory grains, TimeProvider time)
{
    /// <summary>How long a host gets new turns.</summary>
    public static readonly TimeSpan HostFor = TimeSpan.FromMinutes(1);

    // A host runs on one core at a time.
    private readonly Host?[] _hosts = new Host?[Math.Max(64, Environment.ProcessorCount * 4)];
    private int _last;

    /// <summary>Where the turn runs. For a turn on its own another place each time.</summary>
    public TurnPlace For(TurnPlan plan) =>
        plan.ConversationId is { } conversation
            ? new(grains.GetGrain<IConversationGrain>(ConversationKey.Stored(plan.ClientKeyId, conversation)), null)
        : plan.IdempotencyKey is { } key
            ? new(grains.GetGrain<ITurnHostGrain>(ConversationKey.Idempotent(plan.ClientKeyId, HashOf(key))), null)
        : Next();

    /// <summary>Gives up a host that does not answer: turns get another one instead of it.</summary>
    public void Abandon(TurnPlace place)
    {
        if (place.Slot is { } slot && Volatile.Read(ref _hosts[slot]) is { } host && ReferenceEquals(host.Grain, place.Grain))
        {
            Interlocked.CompareExchange(ref _hosts[slot], null, host);
        }
    }

    private TurnPlace Next()
    {
        var slot = (int)((uint)Interlocked.Increment(ref _last) % (uint)_hosts.Length);
        var host = Volatile.Read(ref _hosts[slot]);
        if (host is null || time.GetElapsedTime(host.Since) >= HostFor)
        {
            var made = new Host(grains.GetGrain<ITurnHostGrain>(ConversationKey.Host(RequestIds.MintUnique(time))), time.GetTimestamp());
            var there = Interlocked.CompareExchange(ref _hosts[slot], made, host);
            host = ReferenceEquals(there, host) ? made : there ?? made;
        }

        return new(host.Grain, slot);
    }

    /// <summary>The key itself may hold anything, and grain keys are no place for what a client sent.</summary>
    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16));

    private sealed record Host(ITurnHostGrain Grain, long Since);
}
