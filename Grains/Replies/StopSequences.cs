using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace FlowGpt.Grains.Replies;

/// <summary>
/// Ends a reply before the stop string that is completed first; of several completed by the same character, before the longest. That is the
/// moment at which a model that knew the strings would have stopped, and does not depend on how the text is split. Only text that
/// may be the beginning of a stop string is held back. Knuth-Morris-Pratt over UTF-8 bytes. One reply each; not thread-safe.
/// </summary>
internal sealed class StopSequences
{
    private readonly byte[][] _stops;
    private readonly int[][] _fallbacks;
    private readonly int[] _matched;
    private readonly SearchValues<byte> _firstBytes;

    // The stop string whose beginning is held back, and how much of it: the held text is that string's own prefix.
    private int _holder;
    private int _held;

    /// <param name="stops">The strings; empty strings are ignored.</param>
    public StopSequences(ImmutableArray<string> stops)
    {
        _stops = [.. stops.Where(stop => stop.Length > 0).Select(Encoding.UTF8.GetBytes)];
        _fallbacks = Array.ConvertAll(_stops, Fallbacks);
        _matched = new int[_stops.Length];
        _firstBytes = SearchValues.Create([.. _stops.Select(stop => stop[0]).Distinct()]);
    }

    /// <summary>Whether a stop string was completed. What is pushed afterwards is dropped.</summary>
    public bool Matched { get; private set; }

    /// <summary>
    /// Takes a fragment of whole characters. What may be passed on is <paramref name="released"/> followed by <paramref name="rest"/>, both in
    /// whole characters.
    /// </summary>
    public void Push(ReadOnlySpan<byte> fragment, out ReadOnlySpan<byte> released, out ReadOnlySpan<byte> rest)
    {
        released = default;
        rest = default;
        if (Matched)
        {
            return;
        }

        var heldBefore = _stops.Length == 0 ? default : _stops[_holder].AsSpan(0, _held);
        var end = Scan(fragment, out var kept);
        // Of the held text and the fragment up to `end`, the last `kept` bytes stay.
        var passing = heldBefore.Length + end - kept;
        released = heldBefore[..Math.Min(passing, heldBefore.Length)];
        rest = fragment[..Math.Max(0, passing - heldBefore.Length)];
    }

    /// <summary>The reply has ended: gives back what was held. Nothing may be pushed afterwards.</summary>
    public ReadOnlySpan<byte> Finish()
    {
        if (Matched || _held == 0)
        {
            return default;
        }

        var held = _stops[_holder].AsSpan(0, _held);
        _held = 0;
        return held;
    }

    /// <summary>Advances over the fragment; returns where it stopped and how many bytes before that are (part of) a stop string.</summary>
    private int Scan(ReadOnlySpan<byte> fragment, out int kept)
    {
        var at = 0;
        while (at < fragment.Length)
        {
            if (_held == 0)
            {
                var next = fragment[at..].IndexOfAny(_firstBytes);
                if (next < 0)
                {
                    break;
                }

                at += next;
            }

            var completed = Step(fragment[at++]);
            if (completed > 0)
            {
                Matched = true;
                kept = completed;
                return at;
            }
        }

        kept = _held;
        return fragment.Length;
    }

    /// <summary>Advances every automaton by a byte; returns the length of the longest stop string that it completed, or 0.</summary>
    private int Step(byte value)
    {
        var completed = 0;
        _held = 0;
        for (var s = 0; s < _stops.Length; s++)
        {
            var stop = _stops[s];
            var matched = _matched[s];
            while (matched > 0 && stop[matched] != value)
            {
                matched = _fallbacks[s][matched];
            }

            if (stop[matched] == value)
            {
                matched++;
            }

            if (matched == stop.Length)
            {
                completed = Math.Max(completed, matched);
            }
            else
            {
                _matched[s] = matched;
                if (matched > _held)
                {
                    _held = matched;
                    _holder = s;
                }
            }
        }

        return completed;
    }

    /// <summary>For each matched length, the longest shorter length that the text then also ends with.</summary>
    private static int[] Fallbacks(byte[] stop)
    {
        var fallbacks = new int[stop.Length];
        var matched = 0;
        for (var i = 1; i < stop.Length - 1; i++)
        {
            while (matched > 0 && stop[i] != stop[matched])
            {
                matched = fallbacks[matched];
            }

            if (stop[i] == stop[matched])
            {
                matched++;
            }

            fallbacks[i + 1] = matched;
        }

        return fallbacks;
    }
}
