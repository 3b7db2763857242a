using System.Collections.Immutable;
using System.Globalization;
using FlowGpt.Grains.Interfaces.Audit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Audit;

/// <summary>Writes each entry before it answers; a write that fails fails its caller, who then does nothing.</summary>
[GrainType("admin-audit")]
internal sealed partial class AuditGrain(
    [PersistentState("audit", "Default")] IPersistentState<AuditRecord> state,
    IOptions<AuditOptions> options,
    TimeProvider time,
    ILogger<AuditGrain> logger
) : Grain, IAuditGrain, IRemindable
{
    private const string Expiry = "expiry";

    /// <summary>Reminders reach at most seven weeks; a reminder that comes early checks again each day.</summary>
    private static readonly TimeSpan FarthestReminder = TimeSpan.FromDays(40);

    /// <summary>Reminders come once a day, not to the minute.</summary>
    private static readonly TimeSpan SecondReading = TimeSpan.FromHours(20);

    private bool _willExpire;

    public async ValueTask<int?> Begin(AuditEntry entry)
    {
        var entries = state.State.Entries;
        if (entries.Length >= IAuditGrain.Capacity)
        {
            return null;
        }

        await RemindOfExpiry();
        var id = string.Create(CultureInfo.InvariantCulture, $"{this.GetPrimaryKeyString()}/{entries.Length}");
        await Write(entries.Add(entry with { Id = id }));
        return entries.Length;
    }

    public async ValueTask End(int position, int status)
    {
        var entries = state.State.Entries;
        if (position >= 0 && position < entries.Length && entries[position].Status != status)
        {
            await Write(entries.SetItem(position, entries[position] with { Status = status }));
        }
    }

    public ValueTask<AuditPart> Read() =>
        new(new AuditPart(state.State.Entries, state.State.Entries.Length >= IAuditGrain.Capacity, options.Value.Retention));

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        var now = time.GetUtcNow();
        if (now < ExpiresAt())
        {
            return;
        }

        // The clock may be wrong: the part goes when it still says so a day later.
        if (state.State.OverSince is not { } since || since > now)
        {
            state.State = state.State with { OverSince = now };
            await state.WriteStateAsync();
            return;
        }

        if (now - since < SecondReading)
        {
            return;
        }

        await state.ClearStateAsync();
        if (await this.GetReminder(Expiry) is { } reminder)
        {
            await this.UnregisterReminder(reminder);
        }

        DeactivateOnIdle();
    }

    private async Task Write(ImmutableArray<AuditEntry> entries)
    {
        var before = state.State;
        try
        {
            state.State = state.State with { Entries = entries };
            await state.WriteStateAsync();
        }
        catch
        {
            // It is not known whether the write took effect: the next activation reads what is stored.
            state.State = before;
            DeactivateOnIdle();
            throw;
        }
    }

    /// <summary>An entry must not fail because its end could not be arranged: the next entry tries again.</summary>
    private async Task RemindOfExpiry()
    {
        if (_willExpire)
        {
            return;
        }

        try
        {
            var due = ExpiresAt() - time.GetUtcNow();
            due = due > FarthestReminder ? FarthestReminder : due;
            await this.RegisterOrUpdateReminder(Expiry, due > TimeSpan.Zero ? due : TimeSpan.Zero, TimeSpan.FromDays(1));
            _willExpire = true;
        }
#pragma warning disable CA1031 // Reminder tables throw what they like.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNoExpiry(exception, this.GetPrimaryKeyString());
        }
    }

    private DateTimeOffset ExpiresAt()
    {
        var day = DateOnly.ParseExact(this.GetPrimaryKeyString().Split('/')[0], "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero) + TimeSpan.FromDays(1) + options.Value.Retention;
    }

    [LoggerMessage(EventId = 2401, Level = LogLevel.Warning, Message = "Part {Part} of the audit log could not be told when to end")]
    private partial void LogNoExpiry(Exception exception, string part);
}
