/* A Modbus server made of libmodbus alone: "libmodbus_server tcp PORT" on 127.0.0.1, or "libmodbus_server rtu PATH".
 * Holding registers 0 to 199 hold three times their address, input registers 100 to 299 seven times, every third coil and discrete input is on. */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static modbus_mapping_t *make_mapping(void)
{
    modbus_mapping_t *mapping = modbus_mapping_new_start_address(0, 100, 0, 100, 0, 200, 100, 200);
    if (mapping == NULL)
        return NULL;
    for (int at = 0; at < 200; at++) {
        mapping->tab_registers[at] = (uint16_t) (at * 3);
        mapping->tab_input_registers[at] = (uint16_t) ((at + 100) * 7);
    }
    for (int at = 0; at < 100; at++)
        mapping->tab_bits[at] = mapping->tab_input_bits[at] = at % 3 == 0;
    return mapping;
}

static void serve(modbus_t *context, modbus_mapping_t *mapping)
{
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    for (;;) {
        int size = modbus_receive(context, query);
        if (size == -1 && errno != EMBBADCRC && errno != EMBBADDATA)
            return;
        if (size > 0)
            modbus_reply(context, query, size, mapping);
    }
}

int main(int count, char **arguments)
{
    if (count != 3)
        return 2;
    modbus_mapping_t *mapping = make_mapping();
    int rtu = strcmp(arguments[1], "rtu") == 0;
    modbus_t *context = rtu ? modbus_new_rtu(arguments[2], 115200, 'N', 8, 1) : modbus_new_tcp("127.0.0.1", atoi(arguments[2]));
    if (context == NULL || mapping == NULL)
        return 1;
    modbus_set_slave(context, 1);
    if (rtu) {
        if (modbus_connect(context) == -1)
            return 1;
        puts("ready");
        fflush(stdout);
        for (;;)
            serve(context, mapping);
    }
    int listener = modbus_tcp_listen(context, 4);
    if (listener == -1)
        return 1;
    puts("ready");
    fflush(stdout);
    while (modbus_tcp_accept(context, &listener) != -1) {
        serve(context, mapping);
        modbus_close(context);
    }
    return 0;
}
