/* SPDX-License-Identifier: GPL-2.0-only */
/* What the agent of firmware and the root task that looks for its traces have in common. */
#pragma once

#define AGENT_MEMORY        0x80000ed0                  /* type of its page; from 0x80000000 on they are for anyone */
#define AGENT_SIZE          2048                        /* bytes that are copied; 7.2 refuses all of its buffer     */
#define AGENT_BEFORE        0x11                        /* bytes of the page before and after the copy              */
#define AGENT_AFTER         0xed
